using System.Diagnostics.CodeAnalysis;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Threading;

namespace RespKv.Engine.Recovery;

/// <summary>
/// The threads of a <see cref="TableLoad"/> that read. Each takes the next range until there are none; the last one to end completes
/// the queue, and one that fails stops it.
/// </summary>
internal sealed class TableReading(IThreads threads, IReadOnlyList<TableRange> ranges, BatchQueue<LoadBatch> queue, EncodingLimits limits, uint clock)
{
    /// <summary>One read of a table; large enough for a disk's full rate.</summary>
    private const int ReadAheadBytes = 1 << 20;

    /// <summary>The type of a string in a table entry.</summary>
    private const byte StringType = (byte)ValueType.String;

    private int _nextRange;
    private int _running;

    public IThread[] Start(int readers)
    {
        if (readers == 0)
        {
            queue.Complete();
            return [];
        }

        _running = readers;
        var started = new IThread[readers];
        for (int i = 0; i < readers; i++)
        {
            started[i] = threads.Start("table-load", Run);
        }

        return started;
    }

    private void Run()
    {
        try
        {
            LoadBatch? batch = null;
            bool goesOn = true;
            while (goesOn && Interlocked.Increment(ref _nextRange) is var next && next <= ranges.Count)
            {
                goesOn = Read(ranges[next - 1], ref batch);
            }

            if (goesOn && batch is not null)
            {
                queue.Submit(batch);
            }

            if (Interlocked.Decrement(ref _running) == 0)
            {
                queue.Complete();
            }
        }
        catch (Exception failure)
        {
            // The thread that adds throws it on.
            queue.Stop(failure);
        }
    }

    /// <summary>Reads one range. The batch that it leaves is not full. False when the queue was stopped.</summary>
    private bool Read(TableRange range, ref LoadBatch? batch)
    {
        using var cursor = new MergeCursor(range.Sources, isBottom: true, ReadAheadBytes);
        for (bool found = cursor.Seek(range.Start); found && IsBefore(cursor.Key, range.End); found = cursor.Next())
        {
            if (!EnsureRoom(range.Database, ref batch))
            {
                return false;
            }

            ReadOnlySpan<byte> key = cursor.Key;
            TableEntry entry = cursor.Entry;
            if (ElementTypes.Contains(entry.Type))
            {
                batch.Add(TableKey.Key(key), (ValueType)entry.Type, entry.Bytes, limits, entry.ExpireAtMillis, clock, key.Length + entry.Bytes.Length);
                continue;
            }

            if (entry.Type != StringType)
            {
                throw new IOException($"a key in space {TableKey.Space(key)} has a value of type {entry.Type}, which this version does not know ({range.Sources[0].Table.Path} or a table beside it)");
            }

            batch.Add(TableKey.Key(key), entry.Bytes, entry.ExpireAtMillis, clock, key.Length + entry.Bytes.Length);
        }

        return true;
    }

    private static bool IsBefore(ReadOnlySpan<byte> key, byte[]? end) => end is null || key.SequenceCompareTo(end) < 0;

    /// <summary>Afterwards the batch is one of this database and has room. False when the queue was stopped.</summary>
    private bool EnsureRoom(int database, [NotNullWhen(true)] ref LoadBatch? batch)
    {
        if (batch is not null && (batch.IsFull || batch.Database != database))
        {
            queue.Submit(batch);
            batch = null;
        }

        if (batch is null)
        {
            batch = queue.Rent();
            batch?.Reset(database);
        }

        return batch is not null;
    }
}
