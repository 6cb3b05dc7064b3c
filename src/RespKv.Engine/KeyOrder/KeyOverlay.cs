using RespKv.Storage.Mutations;

namespace RespKv.Engine.KeyOrder;

/// <summary>
/// Which keys the log behind a checkpoint has set and deleted, in byte order. It grows with the log; what a later checkpoint covers is
/// dropped. One thread at a time; the runs that it hands out are immutable.
/// </summary>
/// <remarks>
/// Invariant: of every record in (checkpoint, <see cref="LastLsn"/>], the last word about each of its keys is in the newest run that has
/// the key. It holds nothing from before a structural change (a database cleared or swapped): there it has to be made anew.
/// </remarks>
internal sealed class KeyOverlay
{
    /// <summary>Keys that are sorted at once: small enough for the processor's cache.</summary>
    private const int RunKeysMax = 64 * 1024;

    private readonly Dictionary<int, DatabaseRuns> _databases = [];

    public KeyOverlay(long checkpointLsn)
    {
        LastLsn = checkpointLsn;
    }

    /// <summary>LSN of the last record that was taken in.</summary>
    public long LastLsn { get; private set; }

    /// <summary>Memory that it takes.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (DatabaseRuns runs in _databases.Values)
            {
                bytes += runs.Bytes;
            }

            return bytes;
        }
    }

    /// <summary>Takes in the record behind <see cref="LastLsn"/>.</summary>
    /// <returns>False: it changes whole databases. The overlay cannot be used any more.</returns>
    /// <exception cref="InvalidDataException">The record is not one that this version writes.</exception>
    public bool Apply(long lsn, ReadOnlySpan<byte> record)
    {
        var mutation = new MutationReader(record);
        while (mutation.Read())
        {
            switch (mutation.Kind)
            {
                case MutationKind.Set:
                case MutationKind.SetExpiry:
                    Add(mutation.Database, mutation.Key, KeyState.ExpiringAt(mutation.ExpireAtMillis), lsn);
                    break;
                case MutationKind.WriteRange:
                case MutationKind.PutElements:
                    Add(mutation.Database, mutation.Key, KeyState.Alive, lsn);
                    break;
                case MutationKind.Delete:
                    Add(mutation.Database, mutation.Key, KeyState.Deleted, lsn);
                    break;
                case MutationKind.RemoveElements:
                    // The key stays what it was. When its last elements went, a deletion follows.
                    break;
                default:
                    return false;
            }
        }

        LastLsn = lsn;
        return true;
    }

    /// <summary>Forgets what a checkpoint covers.</summary>
    public void DropThrough(long checkpointLsn)
    {
        foreach (DatabaseRuns runs in _databases.Values)
        {
            runs.DropThrough(checkpointLsn);
        }
    }

    /// <summary>What is known about a database's keys, newest run first.</summary>
    public KeyRun[] RunsOf(int database) => _databases.TryGetValue(database, out DatabaseRuns? runs) ? runs.Seal() : [];

    private void Add(int database, ReadOnlySpan<byte> key, KeyState state, long lsn)
    {
        if (!_databases.TryGetValue(database, out DatabaseRuns? runs))
        {
            runs = new DatabaseRuns();
            _databases.Add(database, runs);
        }

        runs.Add(key, state, lsn);
    }

    /// <summary>
    /// The runs of one database, oldest first, each at least twice as large as the next one: so there are few of them, and a key is
    /// merged a few times only.
    /// </summary>
    private sealed class DatabaseRuns
    {
        private readonly List<(KeyRun Run, long LastLsn)> _runs = [];
        private KeyRunBuilder? _open;
        private long _openLsn;
        private long _sealedBytes;

        public long Bytes => _sealedBytes + (_open?.Bytes ?? 0);

        public void Add(ReadOnlySpan<byte> key, KeyState state, long lsn)
        {
            _open ??= new KeyRunBuilder();
            _open.Add(key, state);
            _openLsn = lsn;
            if (_open.Count >= RunKeysMax)
            {
                CloseOpen();
            }
        }

        public void DropThrough(long checkpointLsn)
        {
            _runs.RemoveAll(r => r.LastLsn <= checkpointLsn);
            if (_openLsn <= checkpointLsn)
            {
                _open = null;
            }

            CountBytes();
        }

        public KeyRun[] Seal()
        {
            CloseOpen();
            return [.. _runs.Select(r => r.Run).Reverse()];
        }

        private void CloseOpen()
        {
            if (_open is null)
            {
                return;
            }

            _runs.Add((_open.Build(), _openLsn));
            _open = null;
            while (_runs.Count >= 2 && _runs[^2].Run.Count <= 2L * _runs[^1].Run.Count)
            {
                KeyRun merged = KeyRun.Merge(_runs[^2].Run, _runs[^1].Run);
                long lastLsn = _runs[^1].LastLsn;
                _runs.RemoveRange(_runs.Count - 2, 2);
                _runs.Add((merged, lastLsn));
            }

            CountBytes();
        }

        private void CountBytes() => _sealedBytes = _runs.Sum(r => r.Run.Bytes);
    }
}
