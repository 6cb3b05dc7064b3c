using RespKv.Storage.Inspection;
using RespKv.Storage.Wal;

namespace RespKv.Fuzz.Wal;

/// <summary>Reads all that the walk of check and dump shows.</summary>
internal sealed class WalVisit : IWalVisitor
{
    public int Holes { get; private set; }

    public void Clear() => Holes = 0;

    public void Segment(WalFileFacts facts)
    {
    }

    public void Batch(WalFileWalk walk, WalStanding standing)
    {
        WalRecords records = walk.Records();
        try
        {
            while (records.Next(out _, out _))
            {
            }
        }
        catch (WalCorruptionException)
        {
            // A whole batch whose records do not fill it.
        }
    }

    public void Damage(WalFileWalk walk)
    {
    }

    public void Hole(WalHole hole) => Holes++;
}
