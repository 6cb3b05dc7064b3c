using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>Makes data directories as a server does, with small blocks and segments so that there are several of each.</summary>
internal sealed class DirectoryMaker : IDisposable, IWalReplay
{
    internal const string Source = "/data";
    internal const string Target = "/copy";
    internal const ulong LogId = 0x1122_3344_5566_7788;
    internal const int SegmentBytes = 4096;

    /// <summary>Keys of <see cref="Standard"/> in its first table.</summary>
    internal const int OldKeys = 60;

    /// <summary>So many that several segments are used, and given up.</summary>
    private const int KeysPerBatch = 6;

    private static readonly WalOptions Options = new(SegmentBytes, PrepareSpare: false, NewLogId: LogId);

    private static readonly CheckpointOptions Checkpoints = new()
    {
        Table = TableOptions.Default with { BlockBytes = 512 },
    };

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly ManifestStore _manifest;

    internal DirectoryMaker(IFileSystem files, string directory = Source)
    {
        _files = files;
        _directory = directory;
        files.CreateDirectory(directory);
        _manifest = ManifestStore.Open(files, directory);
        Tables = TableSet.Open(files, directory, _manifest);
        var start = new WalStart(_manifest.State.LogId, _manifest.State.CheckpointLsn);
        Log = WalLog.Open(files, directory, Options, start, this, CancellationToken.None);
    }

    internal TableSet Tables { get; }

    internal WalLog Log { get; }

    /// <summary>
    /// Two tables in database 0 and 1, with deletions and a partial change, a log of several records behind them, closed in
    /// order.
    /// </summary>
    internal static SimulatedFileSystem Standard(bool closed = true)
    {
        var disk = new SimulatedFileSystem();
        using var maker = new DirectoryMaker(disk);
        maker.FirstTable();
        maker.SecondTable();
        maker.Tail(3);
        if (closed)
        {
            maker.Log.Close(maker.Log.DurableLsn);
        }

        return disk;
    }

    internal void FirstTable()
    {
        for (int first = 0; first < OldKeys; first += KeysPerBatch)
        {
            int from = first;
            WriteBatch(KeysPerBatch, (batch, index) => MutationWriter.Set(batch, 0, Key(from + index), Value(from + index), MutationWriter.NoExpiry));
        }

        Checkpoint();
    }

    internal void SecondTable()
    {
        Write(batch => MutationWriter.Delete(batch, 0, Key(3)));
        Write(batch => MutationWriter.WriteRange(batch, 0, Key(5), 0, "PATCHED"u8));
        Write(batch => MutationWriter.Set(batch, 1, "other"u8, "database"u8, 4102444800000));
        Write(batch => MutationWriter.Set(batch, 0, Key(7), "second"u8, MutationWriter.NoExpiry));
        Checkpoint();
    }

    internal void Tail(int records)
    {
        for (int index = 0; index < records; index++)
        {
            string key = $"tail{index}";
            Write(batch => MutationWriter.Set(batch, 0, System.Text.Encoding.ASCII.GetBytes(key), "log"u8, MutationWriter.NoExpiry));
        }
    }

    internal static byte[] Key(int index) => System.Text.Encoding.ASCII.GetBytes($"key{index:D4}");

    internal static byte[] Value(int index) => System.Text.Encoding.ASCII.GetBytes($"value of {index:D4} {new string('x', 40)}");

    /// <summary>One record in a batch of its own, durable.</summary>
    internal long Write(Action<WalBatch> mutations)
    {
        WriteBatch(1, (batch, _) => mutations(batch));
        return Log.LastLsn;
    }

    /// <summary>Everything so far becomes a table.</summary>
    internal void Checkpoint()
    {
        using var writer = new CheckpointWriter(_files, Tables, Log, Checkpoints, null);
        while (writer.Lsn < Log.DurableLsn)
        {
            writer.Step(Log.DurableLsn, CancellationToken.None);
        }
    }

    /// <summary>Merges until nothing is due.</summary>
    internal void Compact(CompactionPlan plan)
    {
        using var compaction = new Compaction(_files, Tables, Checkpoints, null, plan);
        while (!compaction.Step(CancellationToken.None))
        {
        }
    }

    void IWalReplay.Apply(long lsn, ReadOnlySpan<byte> record)
    {
    }

    void IWalReplay.Progress(in WalReplayProgress progress)
    {
    }

    public void Dispose()
    {
        Log.Dispose();
        Tables.Dispose();
        _manifest.Dispose();
    }

    private void WriteBatch(int records, Action<WalBatch, int> mutations)
    {
        var batch = new WalBatch();
        batch.Reset(Log.LastLsn + 1);
        for (int index = 0; index < records; index++)
        {
            batch.BeginRecord();
            mutations(batch, index);
            batch.EndRecord();
        }

        Log.Write(batch, Log.DurableLsn);
        Log.Sync();
    }
}
