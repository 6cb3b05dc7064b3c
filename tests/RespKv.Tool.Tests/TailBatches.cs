using RespKv.Storage.Inspection;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>Finds where a record stands.</summary>
internal sealed class TailBatches(long lsn) : IWalVisitor
{
    private (string Path, long Offset)? _found;

    internal static (string Path, long Offset) Find(SimulatedFileSystem disk, long lsn, string directory = DirectoryMaker.Source)
    {
        var visitor = new TailBatches(lsn);
        WalChain.Walk(disk, directory, new WalStart(DirectoryMaker.LogId, lsn - 1), visitor, CancellationToken.None);
        return visitor._found ?? throw new InvalidOperationException($"LSN {lsn} is not in the log");
    }

    public void Segment(WalFileFacts facts)
    {
    }

    public void Batch(WalFileWalk walk, WalStanding standing)
    {
        if (standing == WalStanding.Chain && walk.FirstLsn <= lsn && walk.FirstLsn + walk.Count > lsn)
        {
            _found = (walk.Facts.Path, walk.Offset);
        }
    }

    public void Damage(WalFileWalk walk)
    {
    }

    public void Hole(WalHole hole)
    {
    }
}
