using RespKv.Engine.KeyOrder;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.KeyOrder;

/// <summary>A data directory without an engine: what is written goes to the log and to a model, and checkpoints are made when told.</summary>
internal sealed class StoredKeys : ICheckpointView, IDisposable
{
    private const string DataDirectory = "/data";

    /// <summary>Small, so that merges make many tables.</summary>
    private static readonly CheckpointOptions Options = new(FoldBytesMax: 64 << 10, TableBytesTarget: 4 << 10);

    private readonly ManifestStore _manifest;
    private readonly TableSet _tables;
    private readonly WalLog _log;
    private readonly CheckpointWriter _checkpoints;
    private readonly WalBatch _batch = new();

    public StoredKeys()
    {
        Files.CreateDirectory(DataDirectory);
        _manifest = ManifestStore.Open(Files, DataDirectory);
        _tables = TableSet.Open(Files, DataDirectory, _manifest);
        _log = WalLog.Open(Files, DataDirectory, new WalOptions(1 << 20, PrepareSpare: false), new Nothing(), CancellationToken.None);
        _checkpoints = new CheckpointWriter(Files, _tables, _log, Options, null);
        Service = NewService(KeyOrderService.OverlayBytesMax);
        _batch.Reset(1);
    }

    public SimulatedFileSystem Files { get; } = new();

    public KeyCapture Capture { get; } = new();

    public Lock Turn { get; } = new();

    public ListLog Log { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public KeyOrderService Service { get; private set; }

    /// <summary>Database to keys with their expiry, -1 without one.</summary>
    public Dictionary<int, SortedDictionary<string, long>> Model { get; private set; } = [];

    /// <summary>How often a checkpoint was asked for.</summary>
    public int CheckpointsAsked { get; private set; }

    /// <summary>Runs when the log is about to be read behind the checkpoint.</summary>
    public Action? OnOpenLog { get; set; }

    public Exception? CheckpointFailure { get; set; }

    public long AppendedLsn => _batch.LastLsn;

    public long WrittenLsn => _log.LastLsn;

    public long CheckpointLsn => _tables.State.CheckpointLsn;

    public int TableCount => _tables.State.Tables.Count;

    public TableSnapshot Acquire() => _tables.Acquire();

    public WalTailReader OpenLog(long afterLsn)
    {
        OnOpenLog?.Invoke();
        return _log.OpenReader(afterLsn);
    }

    public Task CheckpointAsync(long lsn)
    {
        CheckpointsAsked++;
        if (CheckpointFailure is { } failure)
        {
            return Task.FromException(failure);
        }

        Checkpoint();
        return Task.CompletedTask;
    }

    public void UseOverlayOf(long bytesMax)
    {
        Service.Dispose();
        Service = NewService(bytesMax);
    }

    public void Set(int database, string key, long expireAtMillis = -1, string value = "v")
    {
        Record(batch => MutationWriter.Set(batch, database, OrderedModel.Bytes(key), OrderedModel.Bytes(value), expireAtMillis));
        Keys(database)[key] = expireAtMillis;
    }

    public void WriteRange(int database, string key)
    {
        Record(batch => MutationWriter.WriteRange(batch, database, OrderedModel.Bytes(key), 1, "x"u8));
        Keys(database).TryAdd(key, -1);
    }

    /// <summary>Puts a member of a set, or removes one; when it is emptied the key goes with it.</summary>
    public void ChangeSet(int database, string key, bool isRemoval, bool isEmptied)
    {
        if (!isRemoval)
        {
            Record(batch => MutationWriter.PutElements(batch, database, OrderedModel.Bytes(key), ElementTypes.Set, "\u0001a\0"u8));
            Keys(database).TryAdd(key, -1);
        }
        else if (isEmptied ? Keys(database).Remove(key) : Keys(database).ContainsKey(key))
        {
            Record(batch =>
            {
                MutationWriter.RemoveElements(batch, database, OrderedModel.Bytes(key), ElementTypes.Set, isEmptied ? "\u0001a"u8 : "\u0001b"u8);
                if (isEmptied)
                {
                    MutationWriter.Delete(batch, database, OrderedModel.Bytes(key));
                }
            });
        }
    }

    public void Delete(int database, string key)
    {
        if (Keys(database).Remove(key))
        {
            Record(batch => MutationWriter.Delete(batch, database, OrderedModel.Bytes(key)));
        }
    }

    public void SetExpiry(int database, string key, long expireAtMillis)
    {
        if (Keys(database).ContainsKey(key))
        {
            Record(batch => MutationWriter.SetExpiry(batch, database, OrderedModel.Bytes(key), expireAtMillis));
            Keys(database)[key] = expireAtMillis;
        }
    }

    public void Clear(int database)
    {
        Record(batch => MutationWriter.ClearDatabase(batch, database));
        Keys(database).Clear();
    }

    public void ClearAll()
    {
        Record(MutationWriter.ClearAll);
        Model = [];
    }

    public void Swap(int first, int second)
    {
        Record(batch => MutationWriter.SwapDatabases(batch, first, second));
        (Model[first], Model[second]) = (Keys(second), Keys(first));
    }

    /// <summary>Writes what was appended, and tells the service.</summary>
    public void Write()
    {
        if (_batch.RecordCount > 0)
        {
            long next = _batch.LastLsn + 1;
            _log.Write(_batch, _log.DurableLsn);
            _log.Sync();
            _batch.Reset(next);
            Service.LsnMoved();
        }
    }

    public void Checkpoint()
    {
        Write();
        while (_checkpoints.Step(_log.DurableLsn, CancellationToken.None).Lsn < _log.DurableLsn)
        {
        }
    }

    public void Compact()
    {
        if (CompactionPicker.Pick(_tables.State, Options) is { } plan)
        {
            using var compaction = new Compaction(Files, _tables, Options, null, plan);
            while (!compaction.Step(CancellationToken.None))
            {
            }
        }
    }

    public async Task<KeyGather> GatherAsync(KeyRange range, int database = 0, int keysMax = int.MaxValue, long nowMillis = 0)
    {
        var gather = new KeyGather { Range = range, Database = database, Lsn = AppendedLsn, NowMillis = nowMillis, KeysMax = keysMax };
        await Service.GatherAsync(gather);
        return gather;
    }

    public string[] Expected(KeyRange range, int database = 0, long nowMillis = 0)
        => OrderedModel.Walk(Keys(database).Where(k => k.Value < 0 || k.Value >= nowMillis).Select(k => k.Key), range);

    public void Dispose()
    {
        Service.Dispose();
        _checkpoints.Dispose();
        _log.Dispose();
        _tables.Dispose();
        _manifest.Dispose();
    }

    private KeyOrderService NewService(long overlayBytesMax) => new(this, Capture, Turn, Log, Time, overlayBytesMax);

    private SortedDictionary<string, long> Keys(int database)
    {
        if (!Model.TryGetValue(database, out SortedDictionary<string, long>? keys))
        {
            keys = new SortedDictionary<string, long>(StringComparer.Ordinal);
            Model.Add(database, keys);
        }

        return keys;
    }

    private void Record(Action<WalBatch> write)
    {
        _batch.BeginRecord();
        write(_batch);
        _batch.EndRecord();
    }

    private sealed class Nothing : IWalReplay
    {
        public void Apply(long lsn, ReadOnlySpan<byte> record)
        {
        }

        public void Progress(in WalReplayProgress progress)
        {
        }
    }
}
