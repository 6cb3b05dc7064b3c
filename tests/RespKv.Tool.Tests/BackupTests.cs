using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

public sealed class BackupTests
{
    private static ToolRun Backup(SimulatedFileSystem disk) => ToolRun.On(disk, "backup", DirectoryMaker.Source, DirectoryMaker.Target);

    [Fact]
    public void StoppedDirectory_CopyIsEqual()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        ToolRun run = Backup(disk);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.StartsWith("/copy: checkpoint at LSN 64", run.Output, StringComparison.Ordinal);
        Assert.Equal(DirectoryContent.Read(disk, DirectoryMaker.Source), DirectoryContent.Read(disk, DirectoryMaker.Target));
        foreach ((string path, byte[] bytes) in disk.ReadAll().Where(pair => pair.Key.StartsWith("/copy/", StringComparison.Ordinal)))
        {
            Assert.Equal(disk.ReadFile(path.Replace("/copy/", "/data/", StringComparison.Ordinal)), bytes);
        }
    }

    [Fact]
    public void StoppedDirectory_OnlyItsStateIsCopied()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.Open("/data/table-0000000099.tbl", FileOpenKind.CreateNew).Dispose();
        Backup(disk);
        Assert.DoesNotContain(disk.ReadAll().Keys, path => path is "/copy/table-0000000099.tbl" or "/copy/LOCK");
        Assert.DoesNotContain(disk.ReadAll().Keys, path => path.StartsWith("/copy/retired-", StringComparison.Ordinal));
    }

    [Fact]
    public void PowerCutAfterwards_CopyIsThere()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Backup(disk);
        for (int seed = 0; seed < 10; seed++)
        {
            SimulatedFileSystem after = disk.Crash(seed);
            Assert.Equal(0, ToolRun.On(after, "check", DirectoryMaker.Target).ExitCode);
        }
    }

    [Fact]
    public void LiveDirectory_IsRefusedWithAWayOut()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        using IDisposable held = disk.LockDirectory("/data");
        ToolRun run = Backup(disk);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("respkv backup --from HOST:PORT TARGET", run.Error);
    }

    [Fact]
    public void SourceIsLockedWhileItIsCopied()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Backup(disk);
        Assert.Equal(1, disk.Count(FileOperation.LockDirectory) - (disk.FileExists("/copy/LOCK") ? 1 : 0));
    }

    [Fact]
    public void DamagedSource_GetsNoName()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.FlipBit(Damage.Path(disk, "table-"), 100);
        ToolRun run = Backup(disk);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("/copy.partial is corrupt", run.Error);
        Assert.DoesNotContain(disk.ReadAll().Keys, path => path.StartsWith("/copy/", StringComparison.Ordinal));
    }

    [Fact]
    public void TornTail_IsCopiedWithAWarning()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard(closed: false);
        (string path, long offset) = TailBatches.Find(disk, 67);
        disk.FlipBit(path, offset + 60);
        Assert.Equal(2, Backup(disk).ExitCode);
        Assert.Equal(DirectoryContent.Read(disk, DirectoryMaker.Source), DirectoryContent.Read(disk, DirectoryMaker.Target));
    }

    [Fact]
    public void FullDisk_LeavesAnUnfinishedTarget()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.FailNext(FileOperation.Write, Errno.ENOSPC, "/copy.partial/wal-");
        Assert.Equal(1, Backup(disk).ExitCode);
        Assert.DoesNotContain(disk.ReadAll().Keys, path => path.StartsWith("/copy/", StringComparison.Ordinal));
        Assert.DoesNotContain("/copy.partial/CURRENT", disk.ReadAll().Keys);
        Assert.Contains("/copy.partial is there", Backup(disk).Error);
    }

    [Fact]
    public void EmptyDirectory_Fails()
    {
        var disk = new SimulatedFileSystem();
        disk.CreateDirectory("/data");
        ToolRun run = Backup(disk);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is no data", run.Error);
    }
}
