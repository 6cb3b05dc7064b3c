using System.Globalization;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;

namespace RespKv.Storage.Tests.Manifest;

/// <summary>The format is frozen: its numbers, and the worked example of docs/format/manifest.md byte by byte.</summary>
public sealed class ManifestFormatTests
{
    private const int FileBytes = FirstEdit + ManifestFormat.RoomBytes;

    [Fact]
    public void Numbers_of_the_format_never_change()
    {
        Assert.Equal("RESPKVMF"u8.ToArray(), BitConverter.GetBytes(ManifestFormat.FileMagic));
        Assert.Equal("RKMR"u8.ToArray(), BitConverter.GetBytes(ManifestFormat.RecordMagic));
        Assert.Equal((1u, 512, 512, 32), (ManifestFormat.Version, ManifestFormat.SectorBytes, ManifestFormat.FileHeaderBytes, ManifestFormat.RecordHeaderBytes));
        Assert.Equal((1, 2, 3), ((int)ManifestRecordKind.Base, (int)ManifestRecordKind.Edit, (int)ManifestRecordKind.Seal));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], Enum.GetValues<ManifestTag>().Select(tag => (int)tag));
        Assert.Equal((1L, 1u, 0, 7), (ManifestFormat.FirstNumber, ManifestFormat.FirstSpace, ManifestFormat.FirstLevel, ManifestFormat.BaseLevel));
        Assert.Equal(("CURRENT", "CURRENT.tmp"), (ManifestNames.Current, ManifestNames.CurrentTemporary));
        Assert.Equal(("MANIFEST-0000000042", "table-0000000042.tbl"), (ManifestNames.Manifest(42), ManifestNames.Table(42)));
    }

    [Fact]
    public void Manifest_of_the_worked_example_has_exactly_the_bytes_of_the_page()
    {
        SimulatedFileSystem files = NewDisk();
        using (ManifestStore store = Open(files))
        {
            store.Apply(ExampleEdit());
        }

        Assert.Equal(Dump(ReadExample()), Dump(files.ReadFile(ManifestPath(1))));
        Assert.Contains(
            "    " + System.Text.Encoding.ASCII.GetString(files.ReadFile(Current)).TrimEnd('\n'), File.ReadAllLines(PagePath()));
        Assert.Equal((byte)'\n', files.ReadFile(Current)[^1]);
    }

    [Fact]
    public void Worked_example_is_read_back()
    {
        SimulatedFileSystem files = NewDisk();
        Open(files).Dispose();
        files.Overwrite(ManifestPath(1), 0, ReadExample());

        using ManifestStore store = Open(files);

        AssertState(ManifestState.Empty.With(ExampleEdit()), store.State);
        Assert.Equal(0, store.TornBytes);
    }

    [Theory]
    [InlineData("MANIFEST-0000000001", 1)]
    [InlineData("MANIFEST-9999999999", 9_999_999_999)]
    [InlineData("MANIFEST-0000000000", 0)]
    [InlineData("MANIFEST-000000001", 0)]
    [InlineData("MANIFEST-00000000001", 0)]
    [InlineData("MANIFEST-000000000x", 0)]
    [InlineData("MANIFEST-+000000001", 0)]
    [InlineData("manifest-0000000001", 0)]
    [InlineData("CURRENT", 0)]
    public void Name_of_a_manifest_is_told_from_others(string name, long expected)
    {
        Assert.Equal(expected > 0, ManifestNames.TryParseManifest(name, out long number));
        Assert.Equal(expected, expected > 0 ? number : 0);
    }

    [Theory]
    [InlineData("table-0000000012.tbl", 12)]
    [InlineData("table-0000000000.tbl", 0)]
    [InlineData("table-0000000012.tmp", 0)]
    [InlineData("table-12.tbl", 0)]
    [InlineData("table-0000000012.tbl.bak", 0)]
    public void Name_of_a_table_is_told_from_others(string name, long expected)
    {
        Assert.Equal(expected > 0, ManifestNames.TryParseTable(name, out long number));
        Assert.Equal(expected, expected > 0 ? number : 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_000_000_000)]
    public void Number_without_a_name_is_refused(long number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ManifestNames.Table(number));
        Assert.Throws<ArgumentOutOfRangeException>(() => ManifestNames.Manifest(number));
    }

    private static ManifestEdit ExampleEdit()
    {
        return new ManifestEdit
        {
            LogId = LogId,
            CheckpointLsn = 1000,
            NextFileNumber = 2,
            NextSpace = 2,
            Spaces = new Dictionary<int, uint> { [0] = 1 },
            Added = [new TableInfo(1, 0, 1, 1, 1000, 20_000, 300, Key(1, "apple"), Key(1, "pear"))],
        };
    }

    private static string PagePath() => Path.Combine(AppContext.BaseDirectory, "manifest.md");

    /// <summary>The lines of the page that are a hex dump: eight digits of offset, 16 bytes. What they leave out is zero.</summary>
    private static byte[] ReadExample()
    {
        byte[] bytes = new byte[FileBytes];
        int lines = 0;
        foreach (string indented in File.ReadLines(PagePath()))
        {
            string line = indented.TrimStart();
            if (line.Length > 57
                && line[8..10] == "  "
                && int.TryParse(line.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int offset))
            {
                string hex = line[10..57].Replace(" ", "", StringComparison.Ordinal);
                Convert.FromHexString(hex).CopyTo(bytes, offset);
                lines++;
            }
        }

        Assert.True(lines >= 10, "the page has no hex dump");
        return bytes;
    }

    private static string Dump(byte[] bytes)
    {
        IEnumerable<string> lines = bytes.Chunk(16)
            .Select((line, index) => (line, index))
            .Where(pair => pair.line.AsSpan().ContainsAnyExcept((byte)0))
            .Select(pair => $"{pair.index * 16:x8}  {Convert.ToHexString(pair.line)}");
        return $"{bytes.Length} bytes\n{string.Join('\n', lines)}";
    }
}
