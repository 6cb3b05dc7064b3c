using RespKv.Engine.Sessions;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;

namespace RespKv.Engine.Checkpoints;

/// <summary>
/// Copies of the tables that clients are taking (BACKUP). Each holds a snapshot, whose files stay on disk until the client ends
/// it or disconnects. Guarded by the turn.
/// </summary>
internal sealed class Backups(RespEngine engine, IFileSystem files)
{
    /// <summary>At a time. Each keeps files on disk that compaction has replaced.</summary>
    public const int Max = 4;

    /// <summary>Bytes of one BACKUP READ: enough to be fast, little enough to be held for a client that is slow.</summary>
    public const int ReadBytesMax = 4 << 20;

    private readonly Dictionary<long, Backup> _backups = [];
    private long _lastId;

    public int Count => _backups.Count;

    /// <summary>Begins a copy of the tables as they are. Null: there are <see cref="Max"/> already, or the engine is loading.</summary>
    public Backup? Begin(Session session)
    {
        if (_backups.Count >= Max || engine.Checkpoints.Tables?.Acquire() is not { } snapshot)
        {
            return null;
        }

        var backup = new Backup(++_lastId, session, snapshot);
        _backups.Add(backup.Id, backup);
        return backup;
    }

    /// <summary>A client's own copy by its number.</summary>
    public Backup? Find(Session session, long id)
        => _backups.TryGetValue(id, out Backup? backup) && ReferenceEquals(backup.Session, session) ? backup : null;

    public void End(Backup backup)
    {
        _backups.Remove(backup.Id);

        // Letting go of a snapshot may delete files, and nothing on a connection's path blocks.
        _ = Task.Run(backup.Release);
    }

    /// <summary>The client has gone.</summary>
    public void Forget(Session session)
    {
        foreach (Backup backup in _backups.Values.Where(b => ReferenceEquals(b.Session, session)).ToArray())
        {
            End(backup);
        }
    }

    /// <summary>Lets go of everything: the tables are about to be closed.</summary>
    public void EndAll()
    {
        foreach (Backup backup in _backups.Values)
        {
            backup.Release();
        }

        _backups.Clear();
    }

    /// <summary>Part of a file of the copy, fewer bytes only at its end. Blocks; not for a turn.</summary>
    /// <exception cref="IOException">It cannot be read, or the copy was ended.</exception>
    public byte[] Read(Backup backup, long number, long offset, int count)
    {
        if (!backup.TryUse())
        {
            throw new IOException("the backup has ended");
        }

        try
        {
            TableInfo table = backup.State.Tables.First(t => t.Number == number);
            byte[] bytes = new byte[(int)Math.Clamp(table.FileBytes - offset, 0, count)];
            using IFile file = files.Open(backup.PathOf(number), FileOpenKind.Read);
            int read = file.Read(bytes, offset);
            return read == bytes.Length ? bytes : throw new IOException($"{file.Path} has ended at offset {offset + read}, expected {table.FileBytes} bytes");
        }
        finally
        {
            backup.Release();
        }
    }
}

/// <summary>One copy that is being taken: a snapshot, in use by its client and by reads that run.</summary>
internal sealed class Backup(long id, Session session, TableSnapshot snapshot)
{
    private int _uses = 1;

    public long Id => id;

    public Session Session => session;

    public ManifestState State => snapshot.State;

    public string PathOf(long number) => snapshot.Reader(number).Path;

    /// <summary>Another use, unless all have ended.</summary>
    public bool TryUse()
    {
        int uses = Volatile.Read(ref _uses);
        while (uses > 0)
        {
            int seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
            {
                return true;
            }

            uses = seen;
        }

        return false;
    }

    /// <summary>Ends one use; with the last one the files may go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            snapshot.Dispose();
        }
    }
}
