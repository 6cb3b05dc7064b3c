using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>
/// A data directory that was opened as the server opens it: manifest, tables, the log behind the checkpoint; and what it
/// recovered. Everything is small, so that tables, tiers and rewrites of the base come soon.
/// </summary>
internal sealed class CheckpointLife : IDisposable
{
    internal const string Directory = "/data";

    internal static readonly CheckpointOptions SmallOptions = new(FoldBytesMax: 3_000, TableBytesTarget: 4_000)
    {
        RunsPerTier = 3,
        Table = new TableOptions(BlockBytes: 300, RestartInterval: 4, SyncEveryBytes: 4096),
    };

    internal static readonly WalOptions SmallLog = new(8192, PrepareSpare: false, NewLogId: 7, RetiredSegmentsMax: 2);

    private readonly ManifestStore _manifest;
    private readonly CheckpointOptions _options;
    private readonly IWritePacer? _pacer;
    private readonly CheckpointWriter _writer;
    private CompactionPlan? _plan;
    private Compaction? _compaction;

    internal CheckpointLife(IFileSystem files, CheckpointOptions? options = null, WalOptions? log = null, IWritePacer? pacer = null)
    {
        Files = files;
        _options = options ?? SmallOptions;
        _pacer = pacer;
        _manifest = ManifestStore.Open(files, Directory);
        try
        {
            Tables = TableSet.Open(files, Directory, _manifest);
            Recovered = KeyspaceModel.FromTables(Tables);
            var start = new WalStart(Tables.State.LogId, Tables.State.CheckpointLsn);
            Log = WalLog.Open(files, Directory, log ?? SmallLog, start, Recovered, CancellationToken.None);
            Tables.RemoveOrphans();
            _writer = new CheckpointWriter(files, Tables, Log, _options, pacer);
        }
        catch
        {
            Log?.Dispose();
            Tables?.Dispose();
            _manifest.Dispose();
            throw;
        }
    }

    internal IFileSystem Files { get; }

    internal TableSet Tables { get; }

    internal WalLog Log { get; }

    /// <summary>What the directory held when it was opened.</summary>
    internal KeyspaceModel Recovered { get; }

    /// <summary>A compaction is between two steps.</summary>
    internal bool IsCompacting => _compaction is not null;

    internal static SimulatedFileSystem NewDisk()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Directory);
        return files;
    }

    /// <summary>Writes and syncs a batch, and applies it to the model.</summary>
    internal void Write(WalBatch batch, KeyspaceModel model)
    {
        Log.Write(batch, Log.DurableLsn);
        Log.Sync();
        using WalTailReader reader = Log.OpenReader(batch.FirstLsn - 1);
        while (reader.Read(batch.LastLsn, out WalRecords records))
        {
            while (records.Next(out _, out ReadOnlySpan<byte> record))
            {
                model.Apply(record);
            }
        }
    }

    /// <summary>One step of a checkpoint, of all there is unless told otherwise.</summary>
    internal CheckpointStep Checkpoint(long? toLsn = null, CancellationToken cancel = default)
        => _writer.Step(toLsn ?? Log.DurableLsn, cancel);

    /// <summary>Writes the mutations as one record, and makes a checkpoint of it: one table of level 0.</summary>
    internal void WriteTable(KeyspaceModel model, Action<WalBatch> mutations)
    {
        var batch = new WalBatch();
        batch.Reset(Log.LastLsn + 1);
        batch.BeginRecord();
        mutations(batch);
        batch.EndRecord();
        Write(batch, model);
        Checkpoint();
    }

    /// <summary>One step of the compaction that is due: its kind, or null when none is.</summary>
    internal CompactionKind? Compact(long liveBytesMax = long.MaxValue)
    {
        CompactionPlan? plan = _plan ?? CompactionPicker.Pick(Tables.State, _options, liveBytesMax);
        if (plan is null)
        {
            return null;
        }

        Compact(plan, default);
        return plan.Kind;
    }

    /// <summary>One step of that plan, or of the one that is going on. True when it is done.</summary>
    internal bool Compact(CompactionPlan plan, CancellationToken cancel)
    {
        _plan ??= plan;
        _compaction ??= new Compaction(Files, Tables, _options, _pacer, _plan);
        bool isDone = _compaction.Step(cancel);
        if (isDone)
        {
            DropCompaction();
        }

        return isDone;
    }

    /// <summary>Merges all runs into the base, whether that is due or not.</summary>
    internal void MergeIntoBase()
    {
        var plan = new CompactionPlan(
            CompactionKind.Base,
            [.. Tables.State.Tables.Where(table => table.Level != CompactionPicker.BaseLevel).Select(table => table.Number)],
            CompactionPicker.BaseLevel,
            WalFormat.FirstLsn,
            Tables.State.CheckpointLsn,
            IsBottom: true,
            Tables.TableBytes);
        while (!Compact(plan, default))
        {
        }
    }

    /// <summary>Gives the compaction up that is going on, if one is.</summary>
    internal void DropCompaction()
    {
        _compaction?.Dispose();
        _compaction = null;
        _plan = null;
    }

    /// <summary>Tables and the log behind them, read beside those who write: what a start would find.</summary>
    internal KeyspaceModel Read()
    {
        KeyspaceModel state = KeyspaceModel.FromTables(Tables);
        using WalTailReader reader = Log.OpenReader(Tables.State.CheckpointLsn);
        while (reader.Read(Log.DurableLsn, out WalRecords batch))
        {
            while (batch.Next(out _, out ReadOnlySpan<byte> record))
            {
                state.Apply(record);
            }
        }

        return state;
    }

    /// <summary>The directory holds the tables and the manifest of the state, and besides the log nothing else.</summary>
    internal void AssertNoOrphans()
    {
        string[] tables = [.. Files.ListFiles(Directory).Where(name => name.StartsWith("table-", StringComparison.Ordinal))];
        Assert.Equal(Tables.State.Tables.Select(table => Path.GetFileName(Tables.PathOf(table.Number))).Order(), tables);
        string[] others =
        [
            .. Files.ListFiles(Directory).Except(tables).Where(name =>
                !name.StartsWith("wal-", StringComparison.Ordinal)
                && !name.StartsWith("retired-", StringComparison.Ordinal)
                && !name.StartsWith("spare", StringComparison.Ordinal)
                && !name.StartsWith("torn-", StringComparison.Ordinal)),
        ];
        Assert.InRange(others.Length, Tables.State.CheckpointLsn > 0 ? 2 : 0, 2);
        Assert.All(others, name => Assert.Matches("^(CURRENT|MANIFEST-[0-9]{10})$", name));
    }

    public void Dispose()
    {
        _compaction?.Dispose();
        _writer.Dispose();
        Log.Dispose();
        Tables.Dispose();
        _manifest.Dispose();
    }
}
