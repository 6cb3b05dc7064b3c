using RespKv.Engine.Execution;
using RespKv.Engine.Recovery;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Checkpoints;

/// <summary>
/// What a server holds open of its data directory: the lock (decision 16), the manifest, the tables. The log is opened here and
/// handed to the commit pipeline, which closes it. Belongs to the thread that recovers, then to whoever stops the engine.
/// </summary>
internal sealed class DataDirectory(RespEngine engine, IFileSystem files, TimeProvider time) : IDisposable
{
    private IDisposable? _lock;
    private ManifestStore? _manifest;

    /// <summary>The open tables, null until recovery has found them.</summary>
    public TableSet? Tables { get; private set; }

    /// <summary>Creates the directory when missing, and takes it.</summary>
    public void Take()
    {
        string directory = engine.Config.Dir;
        files.CreateDirectory(directory);
        if (Path.GetDirectoryName(directory) is { Length: > 0 } parent)
        {
            // D4: the directory may be left from a start that was killed before it had synced this.
            files.SyncDirectory(parent);
        }

        _lock = files.LockDirectory(directory);
    }

    /// <summary>Builds the keyspace from the tables and the log behind them. The keyspace is empty before.</summary>
    /// <exception cref="IOException">Corruption, or a call failed: nothing of the keyspace may be served.</exception>
    public WalLog Recover(Databases databases, CancellationToken cancel)
    {
        CloseTables();
        using var replay = new KeyspaceReplay(engine, time);
        _manifest = ManifestStore.Open(files, engine.Config.Dir);
        Tables = TableSet.Open(files, engine.Config.Dir, _manifest, deferOrphans: true);
        using (TableSnapshot snapshot = Tables.Acquire())
        {
            replay.LoadTables(snapshot, databases, cancel);
        }

        ManifestState state = _manifest.State;
        WalLog log = WalLog.Open(
            files, engine.Config.Dir, new WalOptions(engine.Config.WalSegmentBytes) { Threads = engine.Threads }, new WalStart(state.LogId, state.CheckpointLsn), replay, cancel);
        try
        {
            replay.Finished(log.Recovery);

            // Only now is it sure that they are no evidence (D9): the log goes on from where the manifest says.
            Tables.RemoveOrphans();
        }
        catch
        {
            log.Dispose();
            throw;
        }

        if (_manifest.TornBytes > 0)
        {
            engine.Log.Write(
                EngineLogLevel.Warning,
                $"Recovery: an edit of the manifest that a crash interrupted was cut at {_manifest.TornPlace}: {_manifest.TornBytes} bytes that never counted");
        }

        return log;
    }

    public void Dispose()
    {
        CloseTables();
        _lock?.Dispose();
        _lock = null;
    }

    private void CloseTables()
    {
        Tables?.Dispose();
        Tables = null;
        _manifest?.Dispose();
        _manifest = null;
    }
}
