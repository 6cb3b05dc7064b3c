using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>Tables that a compaction had replaced, or was about to, in a directory whose manifest does not say so any more.</summary>
public sealed class RepairCompactionTests
{
    private const string OldTable = "/data/table-0000000001.tbl";

    /// <summary>Merged into one base table. The first input is kept for those who want it back.</summary>
    private static (SimulatedFileSystem Disk, byte[] OldTable, SortedDictionary<string, string> Content) Merged()
    {
        var disk = new SimulatedFileSystem();
        byte[] old;
        using (var maker = new DirectoryMaker(disk))
        {
            maker.FirstTable();
            maker.SecondTable();
            old = disk.ReadFile(OldTable);
            ManifestState state = maker.Tables.State;
            maker.Compact(new CompactionPlan(
                CompactionKind.Base, [.. state.Tables.Select(table => table.Number)], 7, 1, state.CheckpointLsn, true, state.TableBytes));
            maker.Tail(1);
        }

        Damage.DeleteRetired(disk);
        return (disk, old, DirectoryContent.Read(disk, DirectoryMaker.Source));
    }

    private static string Repair(SimulatedFileSystem disk, int exitCode)
    {
        ToolRun run = ToolRun.On(disk, "repair", DirectoryMaker.Source, DirectoryMaker.Target);
        Assert.True(run.ExitCode == exitCode, run.Output + run.Error);
        Assert.Equal(0, ToolRun.On(disk, "check", DirectoryMaker.Target).ExitCode);
        return System.Text.Encoding.UTF8.GetString(disk.ReadFile("/copy/REPAIR.txt"));
    }

    [Fact]
    public void LastRecordOfTheManifestLost_OutputsTakeThePlaceOfInputsThatAreGone()
    {
        (SimulatedFileSystem disk, _, SortedDictionary<string, string> content) = Merged();
        string manifest = Damage.Last(disk, "MANIFEST-");
        long last = ManifestScan.All(disk, DirectoryMaker.Source)[0].Pieces.Last(piece => piece.Edit is not null).Offset;
        disk.FlipBit(manifest, last + 40);
        string report = Repair(disk, 3);
        Assert.Contains(".tbl, which is gone", report);
        Assert.Equal(content, DirectoryContent.Read(disk, DirectoryMaker.Target));
    }

    [Fact]
    public void NoManifestAndAnInputStillThere_OneRunIsMade()
    {
        (SimulatedFileSystem disk, byte[] old, SortedDictionary<string, string> content) = Merged();
        using (IFile file = disk.Open(OldTable, FileOpenKind.CreateNew))
        {
            file.Write(old, 0);
        }

        disk.Delete(Damage.Last(disk, "MANIFEST-"));
        disk.Delete("/data/CURRENT");
        string report = Repair(disk, 3);
        Assert.Contains("keys that were deleted before may be back", report);
        SortedDictionary<string, string> repaired = DirectoryContent.Read(disk, DirectoryMaker.Target);
        Assert.Equal(["0:key0003"], repaired.Keys.Except(content.Keys));
        Assert.All(content, pair => Assert.Equal(pair.Value, repaired[pair.Key]));
        ManifestState state = ManifestStore.Read(disk, DirectoryMaker.Target);
        Assert.Single(state.Tables.Select(table => table.Run).Distinct());
    }
}
