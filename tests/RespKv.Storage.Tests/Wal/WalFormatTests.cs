using System.Globalization;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Wal;

/// <summary>The format is frozen: its numbers, and the worked example of docs/format/wal.md byte by byte.</summary>
public sealed class WalFormatTests
{
    [Fact]
    public void Numbers_of_the_format_never_change()
    {
        Assert.Equal("RESPKVWL"u8.ToArray(), BitConverter.GetBytes(WalFormat.SegmentMagic));
        Assert.Equal("RKWB"u8.ToArray(), BitConverter.GetBytes(WalFormat.BatchMagic));
        Assert.Equal((1u, 512, 512, 48, 4), (WalFormat.Version, WalFormat.SectorBytes, WalFormat.SegmentHeaderBytes, WalFormat.BatchHeaderBytes, WalFormat.RecordHeaderBytes));
        Assert.Equal((1, 2), ((int)WalBatchKind.Records, (int)WalBatchKind.Seal));
        Assert.Equal("wal-00000000000000000042.log", WalNames.Segment(42));
        Assert.Equal("retired-00000000000000000042.log", WalNames.Retired(42));
        Assert.Equal((40, 1u), (WalFormat.SegmentFlagsOffset, WalFormat.SegmentRecycledFlag));
    }

    [Fact]
    public void Log_of_the_worked_example_has_exactly_the_bytes_of_the_page()
    {
        byte[] expected = ReadExample();

        SimulatedFileSystem files = LogMaker.NewDisk();
        using (WalLog log = LogMaker.Open(files))
        {
            log.Write(ExampleBatch(), 0);
            log.Close(0);
        }

        Assert.Equal(Dump(expected), Dump(files.ReadFile(LogMaker.Segment(1))));
    }

    [Fact]
    public void Worked_example_is_read_back()
    {
        SimulatedFileSystem files = LogMaker.NewDisk();
        using (var file = files.Open(LogMaker.Segment(1), Storage.Files.FileOpenKind.CreateNew))
        {
            file.Write(ReadExample(), 0);
        }

        var replay = new RecordedReplay();
        using WalLog log = LogMaker.Open(files, replay);

        Assert.Equal(["01-00-01-6B-00-05-76-61-6C-75-65", "03-00-01-6B-05-01"], replay.Records.Select(record => BitConverter.ToString(record)));
        Assert.True(log.Recovery.CleanShutdown);
    }

    private static WalBatch ExampleBatch()
    {
        var batch = new WalBatch();
        batch.Reset(1);
        batch.BeginRecord();
        MutationWriter.Set(batch, 0, "k"u8, "value"u8, MutationWriter.NoExpiry);
        batch.EndRecord();
        batch.BeginRecord();
        MutationWriter.Delete(batch, 0, "k"u8);
        MutationWriter.ClearDatabase(batch, 1);
        batch.EndRecord();
        return batch;
    }

    /// <summary>The lines of the page that are a hex dump: eight digits of offset, 16 bytes. What they leave out is zero.</summary>
    private static byte[] ReadExample()
    {
        byte[] bytes = new byte[4096];
        int lines = 0;
        foreach (string indented in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "wal.md")))
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
        return string.Join('\n', lines);
    }
}
