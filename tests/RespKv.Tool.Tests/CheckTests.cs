using System.Text.Json;
using RespKv.Storage.Files;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

public sealed class CheckTests
{
    private static string Name(string path) => Path.GetFileName(path);

    private static ToolRun Check(SimulatedFileSystem disk) => ToolRun.On(disk, "check", DirectoryMaker.Source);

    private static void AssertCorrupt(SimulatedFileSystem disk, string path, long offset)
    {
        ToolRun run = Check(disk);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"corrupt: {Name(path)}, offset {offset}", run.Output);
        Assert.Contains("start-up: would refuse", run.Output);
    }

    [Fact]
    public void SoundDirectory_IsFineAndSaysWhatStartUpWouldDo()
    {
        ToolRun run = Check(DirectoryMaker.Standard());

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("2 tables", run.Output);
        Assert.Contains("replay 3 records up to LSN 67; closed in order", run.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void SoundDirectory_NothingIsWritten()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard(closed: false);
        SortedDictionary<string, byte[]> before = disk.ReadAll();
        disk.FailFrom(FileOperation.Write, 1, Errno.EIO);
        disk.FailFrom(FileOperation.Rename, 1, Errno.EIO);
        disk.FailFrom(FileOperation.Delete, 1, Errno.EIO);

        Assert.Equal(0, Check(disk).ExitCode);
        disk.ClearFaults();
        Assert.Equal(before, disk.ReadAll());
    }

    [Fact]
    public void FlippedBitInCurrent_IsNamed()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.FlipBit("/data/CURRENT", 9);
        AssertCorrupt(disk, "CURRENT", 0);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(512 + 40)]
    [InlineData(1024 + 40)]
    public void FlippedBitInManifest_IsNamed(int offset)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string path = Damage.Path(disk, "MANIFEST-");
        disk.FlipBit(path, offset);
        AssertCorrupt(disk, path, offset / 512 * 512);
    }

    [Theory]
    [InlineData(TableBlockKind.Data)]
    [InlineData(TableBlockKind.Filter)]
    [InlineData(TableBlockKind.Index)]
    [InlineData(TableBlockKind.Properties)]
    public void FlippedBitInTable_NamesTheBlock(TableBlockKind kind)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, kind);
        disk.FlipBit(path, offset + (bytes / 2));
        AssertCorrupt(disk, path, offset);
    }

    [Fact]
    public void FlippedBitInFooter_IsNamed()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string path = Damage.Path(disk, "table-");
        disk.FlipBit(path, disk.ReadFile(path).Length - 10);
        ToolRun run = Check(disk);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"corrupt: {Name(path)}, offset ", run.Output);
    }

    [Fact]
    public void TwoDamagedBlocks_AreBothNamed()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string path = Damage.Path(disk, "table-");
        foreach (int block in new[] { 1, 3 })
        {
            (long offset, long bytes) = Damage.Block(disk.Kill(), path, TableBlockKind.Data, block);
            disk.FlipBit(path, offset + (bytes / 2));
            AssertCorrupt(disk, path, offset);
            if (block == 1)
            {
                disk.FlipBit(path, offset + (bytes / 2));
            }
        }

        (long first, long length) = Damage.Block(DirectoryMaker.Standard(), path, TableBlockKind.Data, 1);
        disk.FlipBit(path, first + (length / 2));
        ToolRun run = Check(disk);
        Assert.Equal(2, run.Lines.Count(line => line.StartsWith($"corrupt: {Name(path)}", StringComparison.Ordinal)));
    }

    [Fact]
    public void MissingTable_IsNamed()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string path = Damage.Path(disk, "table-");
        disk.Delete(path);
        ToolRun run = Check(disk);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"corrupt: {Name(path)}", run.Output);
    }

    [Fact]
    public void FlippedBitInSegmentHeader_IsNamed()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        string path = Damage.Path(disk, "wal-");
        disk.FlipBit(path, 20);
        AssertCorrupt(disk, path, 0);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(60)]
    public void FlippedBitInBatchInFrontOfAnother_IsNamed(int inBatch)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        (string path, long offset) = TailBatch(disk, 1);
        disk.FlipBit(path, offset + inBatch);
        AssertCorrupt(disk, path, offset);
    }

    [Fact]
    public void FlippedBitInLastBatchWithoutSeal_IsATornTail()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard(closed: false);
        (string path, long offset) = TailBatch(disk, 3);
        disk.FlipBit(path, offset + 60);
        ToolRun run = Check(disk);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"warning: {Name(path)}, offset {offset}, LSN 67: a torn tail", run.Output);
        Assert.Contains("start-up: would load", run.Output);
    }

    [Theory]
    [InlineData("retired-")]
    [InlineData("LOCK")]
    public void FlippedBitWhereNobodyReads_IsNoHarm(string prefix)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        using (IFile file = disk.Open("/data/LOCK", FileOpenKind.CreateNew))
        {
            file.Write("1234"u8, 0);
        }

        disk.FlipBit(Damage.Path(disk, prefix), 1);
        Assert.Equal(0, Check(disk).ExitCode);
    }

    [Fact]
    public void OrphansEvidenceAndStrangers_AreNotes()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        foreach (string name in new[] { "table-0000000099.tbl", "torn-00000000000000000007-1.bin", "notes.md" })
        {
            using IFile file = disk.Open($"/data/{name}", FileOpenKind.CreateNew);
            file.Write("x"u8, 0);
        }

        ToolRun run = Check(disk);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("note: table-0000000099.tbl: left over from an unfinished step", run.Output);
        Assert.Contains("note: torn-00000000000000000007-1.bin: evidence", run.Output);
        Assert.Contains("note: notes.md: not a file of the server's", run.Output);
    }

    [Fact]
    public void LiveDirectory_IsReadAndSaidSo()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard(closed: false);
        using IDisposable held = disk.LockDirectory("/data");
        ToolRun run = Check(disk);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("a server works in this directory", run.Output);
    }

    [Fact]
    public void LiveDirectoryWithATornTail_IsABatchUnderWay()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard(closed: false);
        (string path, long offset) = TailBatch(disk, 3);
        disk.FlipBit(path, offset + 60);
        using IDisposable held = disk.LockDirectory("/data");
        Assert.Equal(0, Check(disk).ExitCode);
    }

    [Fact]
    public void Json_HoldsFindings()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.FlipBit("/data/CURRENT", 9);
        ToolRun run = ToolRun.On(disk, "check", "--json", "/data");
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(3, json.RootElement.GetProperty("exitCode").GetInt32());
        Assert.False(json.RootElement.GetProperty("wouldStart").GetBoolean());
        Assert.Equal("CURRENT", json.RootElement.GetProperty("findings")[0].GetProperty("file").GetString());
    }

    [Fact]
    public void ReadError_IsAnIoErrorNotCorruption()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.FailFrom(FileOperation.Read, 1, Errno.EIO, "wal-");
        ToolRun run = Check(disk);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("EIO", run.Error);
    }

    [Fact]
    public void MissingDirectory_Fails()
    {
        ToolRun run = ToolRun.On(new SimulatedFileSystem(), "check", "/nowhere");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/nowhere", run.Error);
    }

    /// <summary>The n-th record behind the checkpoint; one batch each.</summary>
    private static (string Path, long Offset) TailBatch(SimulatedFileSystem disk, int record) => TailBatches.Find(disk, 64 + record);
}
