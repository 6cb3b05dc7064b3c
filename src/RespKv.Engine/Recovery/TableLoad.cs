using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Storage.Tables;
using RespKv.Storage.Threading;

namespace RespKv.Engine.Recovery;

/// <summary>
/// Fills empty databases from the tables of a checkpoint. Several threads each take ranges of keys, read and check the blocks, merge
/// the versions of a key, and write entries as they will lie in memory; the calling thread adds those, batch by batch.
///
/// Invariants:
/// - A key comes up once: ranges do not overlap, and a merge shows a key once. So the adding thread looks for none.
/// - All or nothing: after a failure, or when cancelled, the databases are empty.
/// - Memory on the way is bounded by the batches, and by the read-ahead of each thread.
/// - No thread outlives the call.
/// </summary>
internal sealed class TableLoad
{
    /// <summary>More readers than these would wait for the thread that adds.</summary>
    private const int ReadersMax = 8;

    /// <summary>So that no reader is left with much when the others have nothing any more.</summary>
    private const int RangesPerReader = 16;

    /// <summary>One that a reader fills, one on its way.</summary>
    private const int BatchesPerReader = 2;

    private readonly IThreads _threads;
    private readonly Databases _databases;
    private readonly RecoveryProgress _progress;
    private readonly Action _report;
    private readonly uint _clock;

    /// <param name="threads">Where the readers come from.</param>
    /// <param name="databases">Empty, and guarded by the caller.</param>
    /// <param name="progress">Its phase is the tables. Updated with each batch.</param>
    /// <param name="report">Called on the loading thread with each batch.</param>
    public TableLoad(IThreads threads, Databases databases, RecoveryProgress progress, Action report)
    {
        _threads = threads;
        _databases = databases;
        _progress = progress;
        _report = report;
        _clock = databases.Memory.AccessClock;
    }

    /// <summary>Bytes that <see cref="RecoveryProgress"/> counts to: keys and values of all tables, shadowed ones included.</summary>
    public static long BytesTotal(IReadOnlyList<MergeSource> tables) => tables.Sum(source => source.Table.Properties.RawBytes);

    /// <summary>Loads all that the tables say of the spaces that databases have.</summary>
    /// <param name="tables">All tables of a state; they stay open until after the call.</param>
    /// <param name="spaces">Database to space.</param>
    /// <param name="cancel">Ends the load with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The number of keys.</returns>
    /// <exception cref="IOException">
    /// A table is damaged (<see cref="TableCorruptionException"/>), cannot be read, or holds what this configuration has no place for.
    /// </exception>
    public long Run(IReadOnlyList<MergeSource> tables, IReadOnlyDictionary<int, uint> spaces, CancellationToken cancel)
    {
        foreach (int database in spaces.Keys)
        {
            CheckDatabase(database);
        }

        int readers = Math.Min(_threads.Parallelism, ReadersMax);
        List<TableRange> ranges = TableRange.Split(tables, spaces, readers * RangesPerReader);
        readers = Math.Min(readers, ranges.Count);
        var queue = new BatchQueue<LoadBatch>(_threads, [.. Enumerable.Range(0, readers * BatchesPerReader).Select(_ => new LoadBatch())]);
        var reading = new TableReading(_threads, ranges, queue, _databases.Memory.Limits, _clock);
        using CancellationTokenRegistration registration = cancel.Register(() => queue.Stop(new OperationCanceledException(cancel)));
        IThread[] threads = reading.Start(readers);
        bool isLoaded = false;
        try
        {
            long keys = AddAll(queue, BytesTotal(tables));
            queue.ThrowIfFailed();
            isLoaded = true;
            return keys;
        }
        finally
        {
            queue.Stop(failure: null);
            foreach (IThread thread in threads)
            {
                thread.Join();
            }

            if (!isLoaded)
            {
                _databases.ClearAll();
            }
        }
    }

    private void CheckDatabase(int database)
    {
        if ((uint)database >= (uint)_databases.Count)
        {
            throw new IOException($"the tables hold database {database}, but the directive `databases` allows {_databases.Count}: start with at least `databases {database + 1}`");
        }

        if (_databases[database].Count != 0)
        {
            throw new InvalidOperationException($"database {database} is not empty");
        }
    }

    private long AddAll(BatchQueue<LoadBatch> queue, long bytesTotal)
    {
        var loads = new DatabaseLoad?[_databases.Count];
        long bytes = 0;
        long keys = 0;
        while (queue.Take() is { } batch)
        {
            DatabaseLoad load = loads[batch.Database] ??= _databases[batch.Database].BeginLoad();
            batch.AddTo(load, _clock);
            bytes += batch.RawBytes;
            keys += batch.Keys;
            queue.Return(batch);
            _progress.Update(bytes, bytesTotal, keys);
            _report();
        }

        foreach (DatabaseLoad? load in loads)
        {
            load?.Finish();
        }

        return keys;
    }
}
