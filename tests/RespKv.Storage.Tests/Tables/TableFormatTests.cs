using System.Globalization;
using System.Text;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

/// <summary>The format is frozen: its numbers, and the worked example of docs/format/table.md byte by byte.</summary>
public sealed class TableFormatTests
{
    private static readonly TableOptions ExampleOptions = new(BlockBytes: 64, RestartInterval: 2);

    [Fact]
    public void Numbers_of_the_format_never_change()
    {
        Assert.Equal("RKTB"u8.ToArray(), BitConverter.GetBytes(TableFormat.BlockMagic));
        Assert.Equal("RESPKVTB"u8.ToArray(), BitConverter.GetBytes(TableFormat.FooterMagic));
        Assert.Equal(
            (1u, 28, 48, 4, 64, 8),
            (TableFormat.Version, TableFormat.BlockHeaderBytes, TableFormat.FooterBytes, TableFormat.RestartBytes, TableFormat.FilterLineBytes, TableFormat.FilterHeaderBytes));
        Assert.Equal(4, TableKey.SpaceBytes);
        Assert.Equal(1, TableEntry.StringType);
        Assert.Equal([("Tombstone", 0), ("Value", 1), ("Patch", 2)], Numbers<TableEntryKind>());
        Assert.Equal([("None", 0), ("Brotli", 1), ("Deflate", 2)], Numbers<TableCompression>());
        Assert.Equal([("Data", 1), ("Filter", 2), ("Index", 3), ("Properties", 4), ("Footer", 5)], Numbers<TableBlockKind>());
    }

    [Theory]
    [InlineData("", 0x34D2FE82DACCAEA6)]
    [InlineData("a", 0x489E983C3A584D86)]
    [InlineData("12345678", 0xB89E80D33E2FAC02)]
    [InlineData("a key of 20 bytes...", 0x466620F97166E310)]
    public void Hash_of_the_filter_never_changes(string key, ulong hash)
        => Assert.Equal($"{hash:X16}", $"{TableHash.Compute(Encoding.ASCII.GetBytes(key)):X16}");

    [Fact]
    public void Table_key_is_the_space_big_endian_and_the_key()
    {
        byte[] tableKey = new byte[7];

        Assert.Equal(7, TableKey.Write(tableKey, 0x01020304, "key"u8));

        Assert.Equal("\u0001\u0002\u0003\u0004key", Encoding.Latin1.GetString(tableKey));
        Assert.Equal(0x01020304u, TableKey.Space(tableKey));
        Assert.Equal("key", Encoding.Latin1.GetString(TableKey.Key(tableKey)));
    }

    [Fact]
    public void Table_of_the_worked_example_has_exactly_the_bytes_of_the_page()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableMaker.Write(files, ExampleEntries(), ExampleOptions, firstLsn: 1, lastLsn: 9);

        Assert.Equal(Dump(ReadExample()), Dump(files.ReadFile(TableMaker.TablePath)));
    }

    [Fact]
    public void Worked_example_is_read_back()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        using (var file = files.Open(TableMaker.TablePath, Storage.Files.FileOpenKind.CreateNew))
        {
            file.Write(ReadExample(), 0);
        }

        using TableReader table = TableReader.Open(files, TableMaker.TablePath);

        Assert.Equal(ExampleEntries(), TableMaker.ReadForward(table));
        Assert.Equal((1, 9, 2), (table.Properties.FirstLsn, table.Properties.LastLsn, table.BlockCount));
        table.Verify(progress: null, CancellationToken.None);
    }

    private static List<TestEntry> ExampleEntries()
    {
        const string Space = "\0\0\0\u0001";
        return
        [
            TestEntry.Value($"{Space}fruit:1", "apple"),
            TestEntry.Value($"{Space}fruit:2", "pear", 1_700_000_000_000),
            TestEntry.Tombstone($"{Space}fruit:3"),
            TestEntry.Patch($"{Space}list", [0x02, 0x03, 0x02, (byte)'x', (byte)'y', 0x04, 0x00]),
        ];
    }

    private static IEnumerable<(string Name, int Number)> Numbers<T>()
        where T : struct, Enum
        => Enum.GetValues<T>().Select(value => (value.ToString(), Convert.ToInt32(value, CultureInfo.InvariantCulture)));

    /// <summary>The lines of the page that are a hex dump: eight digits of offset, up to 16 bytes. Nothing is left out.</summary>
    private static byte[] ReadExample()
    {
        var bytes = new List<byte>();
        foreach (string indented in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "table.md")))
        {
            string line = indented.TrimStart();
            if (line.Length > 12
                && line[8..10] == "  "
                && int.TryParse(line.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int offset))
            {
                Assert.Equal(bytes.Count, offset);
                string hex = line[10..Math.Min(line.Length, 57)].Replace(" ", "", StringComparison.Ordinal);
                bytes.AddRange(Convert.FromHexString(hex));
            }
        }

        Assert.True(bytes.Count > 0, "the page has no hex dump");
        return [.. bytes];
    }

    private static string Dump(byte[] bytes)
        => string.Join('\n', bytes.Chunk(16).Select((line, index) => $"{index * 16:x8}  {Convert.ToHexString(line)}"));
}
