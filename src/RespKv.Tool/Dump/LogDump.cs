using RespKv.Storage.Inspection;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;

namespace RespKv.Tool.Dump;

/// <summary>Prints the log as it is walked.</summary>
internal sealed class LogDump(IDumpOutput output, LsnRange range, bool withOld) : IWalVisitor
{
    public void Segment(WalFileFacts facts)
    {
        if (range == LsnRange.All)
        {
            output.Segment(facts);
        }
    }

    public void Batch(WalFileWalk walk, WalStanding standing)
    {
        long lastLsn = walk.FirstLsn + Math.Max(walk.Count, 1) - 1;
        bool isWanted = standing == WalStanding.Chain || withOld;
        if (!isWanted || !range.Overlaps(walk.FirstLsn, lastLsn))
        {
            return;
        }

        output.Batch(walk, standing);
        WalRecords records = walk.Records();
        try
        {
            while (records.Next(out long lsn, out ReadOnlySpan<byte> record))
            {
                if (range.Contains(lsn))
                {
                    Print(lsn, record);
                }
            }
        }
        catch (WalCorruptionException e)
        {
            output.BadRecord(e.Lsn, e.Problem);
        }
    }

    public void Damage(WalFileWalk walk)
    {
        if (range == LsnRange.All)
        {
            output.Damage(walk);
        }
    }

    public void Hole(WalHole hole)
    {
        if (range.Overlaps(hole.FirstLsn, hole.LastLsn))
        {
            output.Hole(hole);
        }
    }

    private void Print(long lsn, ReadOnlySpan<byte> record)
    {
        output.Record(lsn, record.Length);
        var mutation = new MutationReader(record);
        try
        {
            while (mutation.Read())
            {
                output.Mutation(lsn, mutation);
            }
        }
        catch (InvalidDataException e)
        {
            output.BadRecord(lsn, e.Message);
        }
    }
}
