using System.Text;
using RespKv.Storage.Files;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

public sealed class RepairTests
{
    private static ToolRun Repair(SimulatedFileSystem disk, params string[] options)
        => ToolRun.On(disk, ["repair", .. options, DirectoryMaker.Source, DirectoryMaker.Target]);

    /// <summary>The new directory passes check and is closed in order.</summary>
    private static SortedDictionary<string, string> Result(SimulatedFileSystem disk)
    {
        Assert.Equal(0, ToolRun.On(disk, "check", DirectoryMaker.Target).ExitCode);
        return DirectoryContent.Read(disk, DirectoryMaker.Target);
    }

    private static SortedDictionary<string, string> Whole => DirectoryContent.Read(DirectoryMaker.Standard(), DirectoryMaker.Source);

    private static string ReportOf(SimulatedFileSystem disk) => Encoding.UTF8.GetString(disk.ReadFile("/copy/REPAIR.txt"));

    [Fact]
    public void SoundDirectory_NothingIsLeftOut()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        SortedDictionary<string, byte[]> before = disk.ReadAll();
        ToolRun run = Repair(disk);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(Whole, Result(disk));
        Assert.Contains("Nothing was left out.", ReportOf(disk));
        Assert.Equal(before, new SortedDictionary<string, byte[]>(disk.ReadAll().Where(pair => pair.Key.StartsWith("/data/", StringComparison.Ordinal)).ToDictionary(), StringComparer.Ordinal));
    }

    [Fact]
    public void DirectoryWithoutCheckpoint_LogIsTaken()
    {
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            maker.Tail(20);
        }

        SortedDictionary<string, string> content = DirectoryContent.Read(disk, DirectoryMaker.Source);
        Assert.Equal(0, Repair(disk).ExitCode);
        Assert.Equal(content, Result(disk));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DamagedCurrent_NothingIsLost(bool isMissing)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        if (isMissing)
        {
            disk.Delete("/data/CURRENT");
        }
        else
        {
            disk.FlipBit("/data/CURRENT", 12);
        }

        ToolRun run = Repair(disk);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(Whole, Result(disk));
    }

    [Fact]
    public void DamagedManifestHeader_TablesMakeUpForIt()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        disk.FlipBit(Damage.Path(disk, "MANIFEST-"), 30);

        ToolRun run = Repair(disk);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("not proved: MANIFEST-", ReportOf(disk));
        Assert.Equal(Whole, Result(disk));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DamagedManifestRecord_DataIsSaved(int sector)
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        disk.FlipBit(Damage.Path(disk, "MANIFEST-"), (sector * 512) + 40);

        ToolRun run = Repair(disk);
        Assert.True(run.ExitCode is 0 or 3, run.Output + run.Error);
        Assert.Equal(Whole, Result(disk));
    }

    [Fact]
    public void LogFromTheBeginning_MakesUpForALostTable()
    {
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            maker.Tail(8);
            maker.Checkpoint();
            maker.Write(batch => MutationWriter.Delete(batch, 0, "tail3"u8));
        }

        SortedDictionary<string, string> content = DirectoryContent.Read(disk, DirectoryMaker.Source);
        Assert.Contains(disk.ReadAll().Keys, path => path.Contains("/retired-", StringComparison.Ordinal));
        disk.Delete(Damage.Path(disk, "table-"));

        ToolRun run = Repair(disk);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(content, Result(disk));
        Assert.Contains("the log alone", ReportOf(disk));
    }

    [Fact]
    public void NoManifestAtAll_TablesAndLogAreTaken()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        disk.Delete(Damage.Path(disk, "MANIFEST-"));
        disk.Delete("/data/CURRENT");

        ToolRun run = Repair(disk);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("not proved: space 1 was taken for database 0", ReportOf(disk));
        Assert.Equal(Whole, Result(disk));
    }

    [Fact]
    public void NoManifestAndToldSpaces_AreUsed()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        disk.Delete(Damage.Path(disk, "MANIFEST-"));
        disk.Delete("/data/CURRENT");

        Assert.Equal(0, Repair(disk, "--database", "4=1", "--database", "0=2").ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.Contains("4:key0001", content.Keys);
        Assert.Contains("0:other", content.Keys);
    }

    [Fact]
    public void DamagedBlock_OnlyItsKeysAreLost()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, TableBlockKind.Data, 2);
        disk.FlipBit(path, offset + (bytes / 2));

        ToolRun run = Repair(disk);
        Assert.Equal(3, run.ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        List<string> lost = [.. Whole.Keys.Where(key => !content.ContainsKey(key))];
        Assert.InRange(lost.Count, 1, 20);
        Assert.All(content, pair => Assert.Equal(Whole[pair.Key], pair.Value));
        Assert.Contains($"{Path.GetFileName(path)}, offset {offset}, {bytes} bytes", ReportOf(disk));
        Assert.Contains($"{lost.Count} of {DirectoryMaker.OldKeys} entries are lost", ReportOf(disk));
    }

    [Fact]
    public void PartialChangeOfALostValue_IsNotMadeUp()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, TableBlockKind.Data);
        disk.FlipBit(path, offset + (bytes / 2));

        Assert.Equal(3, Repair(disk).ExitCode);
        Assert.DoesNotContain("0:key0005", Result(disk).Keys);
        Assert.Contains("a partial change of \"key0005\"", ReportOf(disk));
    }

    [Fact]
    public void PartialChangeInTheLogOfALostValue_IsNotMadeUp()
    {
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            maker.FirstTable();
            maker.Write(batch => MutationWriter.WriteRange(batch, 0, DirectoryMaker.Key(1), 2, "xx"u8));
            maker.Write(batch => MutationWriter.Set(batch, 0, DirectoryMaker.Key(2), "new"u8, MutationWriter.NoExpiry));
            maker.Write(batch =>
            {
                MutationWriter.WriteRange(batch, 0, DirectoryMaker.Key(2), 0, "N"u8);
                MutationWriter.SetExpiry(batch, 0, DirectoryMaker.Key(0), 99);
            });
        }

        Damage.DeleteRetired(disk);
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, TableBlockKind.Data);
        disk.FlipBit(path, offset + (bytes / 2));
        ToolRun run = Repair(disk);
        Assert.Equal(3, run.ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.DoesNotContain("0:key0001", content.Keys);
        Assert.DoesNotContain("0:key0000", content.Keys);
        Assert.Equal("New@-1", content["0:key0002"]);
    }

    [Fact]
    public void ElementsInTheLogOfALostCollection_AreNotMadeUp()
    {
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            maker.Write(batch => MutationWriter.PutElements(batch, 0, "b"u8, ElementTypes.Set, "\u0001a\0"u8));
            maker.Write(batch => MutationWriter.PutElements(batch, 0, "a"u8, ElementTypes.Set, "\u0001a\0"u8));
            maker.FirstTable();
            maker.Write(batch => MutationWriter.PutElements(batch, 0, "b"u8, ElementTypes.Set, "\u0001b\0"u8));
            maker.Write(batch => MutationWriter.RemoveElements(batch, 0, "b"u8, ElementTypes.Set, "\u0001a"u8));
            maker.Write(batch =>
            {
                MutationWriter.Delete(batch, 0, "a"u8);
                MutationWriter.PutElements(batch, 0, "a"u8, ElementTypes.Set, "\u0001c\0"u8);
                MutationWriter.RemoveElements(batch, 0, "b"u8, ElementTypes.Set, "\u0001b"u8);
            });
        }

        Damage.DeleteRetired(disk);
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, TableBlockKind.Data);
        disk.FlipBit(path, offset + (bytes / 2));
        Assert.Equal(3, Repair(disk).ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.DoesNotContain("0:b", content.Keys);
        Assert.Equal("\u0001c\0@-1", content["0:a"]);
    }

    [Fact]
    public void DamagedIndex_EveryEntryIsSaved()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        string path = Damage.Path(disk, "table-");
        (long offset, long bytes) = Damage.Block(disk, path, TableBlockKind.Index);
        disk.FlipBit(path, offset + (bytes / 2));

        Assert.Equal(0, Repair(disk).ExitCode);
        Assert.Equal(Whole, Result(disk));
        Assert.Contains($"all of its {DirectoryMaker.OldKeys} entries are sound", ReportOf(disk));
    }

    [Fact]
    public void MissingTable_TheRestIsSaved()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        disk.Delete(Damage.Path(disk, "table-"));

        Assert.Equal(3, Repair(disk).ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.Equal(["0:key0007", "0:tail0", "0:tail1", "0:tail2", "1:other"], content.Keys);
    }

    [Fact]
    public void HoleInTheLog_TakenUpToIt()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        (string path, long offset) = TailBatches.Find(disk, 66);
        disk.FlipBit(path, offset + 60);

        ToolRun run = Repair(disk);
        Assert.Equal(3, run.ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.Contains("0:tail0", content.Keys);
        Assert.DoesNotContain("0:tail1", content.Keys);
        Assert.DoesNotContain("0:tail2", content.Keys);
        Assert.Contains("LSN 66 to 66 are missing", ReportOf(disk));
        Assert.Contains("1 sound records behind the first hole", ReportOf(disk));
    }

    [Fact]
    public void HoleInTheLogAndToldTo_TakenBehindItToo()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        (string path, long offset) = TailBatches.Find(disk, 66);
        disk.FlipBit(path, offset + 60);

        ToolRun run = Repair(disk, "--beyond-hole");
        Assert.Equal(3, run.ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.DoesNotContain("0:tail1", content.Keys);
        Assert.Contains("0:tail2", content.Keys);
        Assert.Contains("TAKEN BEHIND THE HOLE", ReportOf(disk));
        Assert.Contains("RECORDS BEHIND HOLES", run.Output);
    }

    [Fact]
    public void PartialChangeBehindAHole_OnlyOfWhatIsKnown()
    {
        var disk = new SimulatedFileSystem();
        using (var maker = new DirectoryMaker(disk))
        {
            maker.Write(batch => MutationWriter.Set(batch, 0, "a"u8, "old"u8, MutationWriter.NoExpiry));
            maker.Write(batch => MutationWriter.Set(batch, 0, "a"u8, "lost"u8, MutationWriter.NoExpiry));
            maker.Write(batch => MutationWriter.WriteRange(batch, 0, "a"u8, 0, "L"u8));
            maker.Write(batch => MutationWriter.Set(batch, 0, "b"u8, "new"u8, MutationWriter.NoExpiry));
            maker.Write(batch => MutationWriter.WriteRange(batch, 0, "b"u8, 0, "N"u8));
            maker.Log.Close(maker.Log.DurableLsn);
        }

        disk.FlipBit("/data/wal-00000000000000000001.log", 1024 + 60);
        Assert.Equal(3, Repair(disk, "--beyond-hole").ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.Equal("old@-1", content["0:a"]);
        Assert.Equal("New@-1", content["0:b"]);
    }

    [Fact]
    public void TornTail_IsAWarningOnly()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard(closed: false);
        Damage.DeleteRetired(disk);
        (string path, long offset) = TailBatches.Find(disk, 67);
        disk.FlipBit(path, offset + 60);

        Assert.Equal(2, Repair(disk).ExitCode);
        SortedDictionary<string, string> content = Result(disk);
        Assert.Contains("0:tail1", content.Keys);
        Assert.DoesNotContain("0:tail2", content.Keys);
    }

    [Fact]
    public void DamagedSegmentHeader_NothingIsLost()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        Damage.DeleteRetired(disk);
        disk.FlipBit(Damage.Last(disk, "wal-"), 20);

        Assert.Equal(0, Repair(disk).ExitCode);
        Assert.Equal(Whole, Result(disk));
    }

    [Fact]
    public void TargetWithFiles_IsRefused()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.CreateDirectory("/copy");
        disk.Open("/copy/file", FileOpenKind.CreateNew).Dispose();
        ToolRun run = Repair(disk);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not an empty directory", run.Error);
    }

    [Fact]
    public void LiveDirectory_IsRefused()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        using IDisposable held = disk.LockDirectory("/data");
        ToolRun run = Repair(disk);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("stop it first", run.Error);
    }

    [Fact]
    public void FullDisk_LeavesAnUnfinishedTarget()
    {
        SimulatedFileSystem disk = DirectoryMaker.Standard();
        disk.FailNext(FileOperation.Write, Errno.ENOSPC, "table-");
        ToolRun run = Repair(disk);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("ENOSPC", run.Error);
        Assert.DoesNotContain(disk.ReadAll().Keys, path => path.StartsWith("/copy/", StringComparison.Ordinal));

        ToolRun again = Repair(disk);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("/copy.partial is there", again.Error);
    }

    [Fact]
    public void BitsAllOverTheDirectory_ResultIsAlwaysSound()
    {
        const int Stride = 1009;
        SimulatedFileSystem sound = DirectoryMaker.Standard();
        Damage.DeleteRetired(sound);
        SortedDictionary<string, string> whole = Whole;
        foreach ((string path, byte[] bytes) in sound.ReadAll())
        {
            for (int offset = path.Length * 7 % Stride; offset < bytes.Length; offset += Stride)
            {
                SimulatedFileSystem disk = sound.Kill();
                disk.FlipBit(path, offset, offset % 8);
                ToolRun run = Repair(disk);
                Assert.True(run.ExitCode is 0 or 2 or 3, $"{path}, offset {offset}: {run.Error}");
                SortedDictionary<string, string> content = Result(disk);
                if (run.ExitCode == 0)
                {
                    Assert.True(whole.SequenceEqual(content), $"{path}, offset {offset}: repair says that nothing was left out");
                }
            }
        }
    }
}
