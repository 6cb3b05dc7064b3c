using RespKv.Storage.Files;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Manifest;

/// <summary>
/// The open tables of the manifest's state.
///
/// Invariants:
/// - Every table that the state names is open, and is what the manifest says (D5).
/// - An added table's directory entry is durable before the manifest names it (D4).
/// - A table's file is deleted only when no state that may be on disk names it, no snapshot uses it and nothing is pinned.
/// - At the start nothing is deleted before every table of the state was found sound.
///
/// Acquire, State, TableBytes and PinFiles are for any thread. The rest belongs to the background thread, or to the start-up
/// before there is one. Neither the manifest nor the directory's lock is owned.
/// </summary>
public sealed class TableSet : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly ManifestStore _manifest;
    private readonly UnusedFiles _unused;

    // Guards the counts of versions and handles, and the change of the current version.
    private readonly Lock _gate = new();
    private volatile TableVersion? _current;

    // Owned by the background thread.
    private IReadOnlyList<string> _deferredOrphans = [];
    private long _nextFileNumber;

    private TableSet(IFileSystem files, string directory, ManifestStore manifest)
    {
        _files = files;
        _directory = directory;
        _manifest = manifest;
        _unused = new UnusedFiles(files, IsDeletable);
    }

    /// <summary>Names of what an unfinished step of an earlier life left: no state names them.</summary>
    public IReadOnlyList<string> Orphans { get; private set; } = [];

    public ManifestState State => Current.State;

    /// <summary>Bytes of the files of the current state.</summary>
    public long TableBytes => State.TableBytes;

    /// <summary>Why a file that nobody needs is still there; null when the last attempt has deleted all. It costs room, nothing else.</summary>
    public StorageException? DeleteFailure => _unused.Failure;

    private TableVersion Current => _current ?? throw new ObjectDisposedException(nameof(TableSet));

    /// <summary>
    /// Opens all tables and deletes the orphans. They stay until <see cref="RemoveOrphans"/> when that is asked for, and when the
    /// manifest had a torn end: should that be a durable edit gone bad, then the log is found to have a gap, and the tables
    /// that the edit had named are the evidence (D9).
    /// </summary>
    /// <exception cref="ManifestCorruptionException">A table is missing or is not the one that the manifest names. Nothing was changed.</exception>
    /// <exception cref="TableCorruptionException">A table is damaged. Nothing was changed.</exception>
    /// <exception cref="StorageException">A call failed.</exception>
    public static TableSet Open(IFileSystem files, string directory, ManifestStore manifest, bool deferOrphans = false)
    {
        var set = new TableSet(files, directory, manifest);
        IReadOnlyList<string> names = files.ListFiles(directory);
        set._current = new TableVersion(manifest.State, set.OpenAll(manifest.State, names));
        set.Orphans = [.. names.Where(set.IsOrphan)];
        set._deferredOrphans = set.Orphans;
        set._nextFileNumber = Math.Max(manifest.State.NextFileNumber, LargestNumber(names) + 1);
        if (!deferOrphans && manifest.TornBytes == 0)
        {
            set.RemoveOrphans();
        }

        return set;
    }

    /// <summary>Deletes the orphans that are still there. Call it once the log was found to go on from the state's checkpoint; the first edit does it too.</summary>
    public void RemoveOrphans()
    {
        foreach (string name in _deferredOrphans)
        {
            _ = ManifestNames.TryParseTable(name, out long number);
            _unused.Add(new UnusedFile(Path.Combine(_directory, name), number, null));
        }

        _deferredOrphans = [];
        _unused.Sweep();
    }

    /// <summary>The current state with its tables. Dispose it soon: dropped tables take room until then.</summary>
    public TableSnapshot Acquire()
    {
        lock (_gate)
        {
            TableVersion version = Current;
            version.Holders++;
            return new TableSnapshot(this, version);
        }
    }

    /// <summary>A number that no file has.</summary>
    public long AllocateFileNumber() => _nextFileNumber++;

    public string PathOf(long number) => Path.Combine(_directory, ManifestNames.Table(number));

    /// <summary>
    /// Applies an edit whose added tables are finished: opens them, makes their names durable, then the edit. Files of dropped
    /// tables that are still in use are deleted by a later call, or by <see cref="DeleteUnused"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The edit contradicts the state, itself, or a table. Nothing was done.</exception>
    /// <exception cref="TableCorruptionException">An added table is damaged. Nothing was done.</exception>
    /// <exception cref="StorageException">The state is as before; Apply may be called again, and tables that were not applied discarded.</exception>
    public void Apply(ManifestEdit edit)
    {
        TableVersion old = Current;
        ManifestState next = _manifest.Preview(edit);
        Dictionary<long, TableHandle> handles = OpenAdded(old, next);
        try
        {
            if (handles.Values.Any(handle => handle.Versions == 0))
            {
                _files.SyncDirectory(_directory);
            }

            _manifest.Apply(edit);
        }
        catch
        {
            Close(handles);
            throw;
        }

        Replace(old, new TableVersion(_manifest.State, handles));
        RemoveOrphans();
    }

    /// <summary>Deletes a table that was written and not applied: at once, or as soon as it is sure that no state on disk names it.</summary>
    public void Discard(long number)
    {
        if (State.Find(number) is not null)
        {
            throw new InvalidOperationException($"table {number} is in use");
        }

        _unused.Add(new UnusedFile(PathOf(number), number, null));
        _unused.Sweep();
    }

    /// <summary>Deletes the files of dropped tables that nothing uses any more. Every Apply does it too.</summary>
    public void DeleteUnused() => _unused.Sweep();

    /// <summary>Until it is disposed no file of a table is deleted.</summary>
    public IDisposable PinFiles() => _unused.Pin();

    /// <summary>Closes the tables; those that a snapshot uses when it is disposed.</summary>
    public void Dispose()
    {
        TableVersion? version;
        lock (_gate)
        {
            version = _current;
            _current = null;
        }

        if (version is not null)
        {
            Release(version);
        }
    }

    /// <summary>One holder less; the last one closes the tables that no other version has.</summary>
    internal void Release(TableVersion version)
    {
        var closing = new List<TableHandle>();
        lock (_gate)
        {
            version.Holders--;
            if (version.Holders > 0)
            {
                return;
            }

            foreach (TableHandle handle in version.Handles.Values)
            {
                handle.Versions--;
                if (handle.Versions == 0)
                {
                    closing.Add(handle);
                }
            }
        }

        foreach (TableHandle handle in closing)
        {
            handle.Reader.Dispose();
        }
    }

    private static long LargestNumber(IReadOnlyList<string> names)
    {
        long largest = 0;
        foreach (string name in names)
        {
            if (ManifestNames.TryParseTable(name, out long number))
            {
                largest = Math.Max(largest, number);
            }
        }

        return largest;
    }

    // Those that no version holds yet.
    private static void Close(Dictionary<long, TableHandle> handles)
    {
        foreach (TableHandle handle in handles.Values.Where(handle => handle.Versions == 0))
        {
            handle.Reader.Dispose();
        }
    }

    private bool IsOrphan(string name)
    {
        if (ManifestNames.TryParseTable(name, out long number))
        {
            return _manifest.State.Find(number) is null;
        }

        return name == ManifestNames.CurrentTemporary
            || (ManifestNames.TryParseManifest(name, out _) && name != Path.GetFileName(_manifest.Path));
    }

    private Dictionary<long, TableHandle> OpenAll(ManifestState state, IReadOnlyList<string> names)
    {
        var present = names.ToHashSet();
        var handles = new Dictionary<long, TableHandle>();
        try
        {
            foreach (TableInfo table in state.Tables)
            {
                string path = PathOf(table.Number);
                if (!present.Contains(ManifestNames.Table(table.Number)))
                {
                    throw new ManifestCorruptionException(path, 0, "the manifest names this table, and it is missing");
                }

                var handle = new TableHandle(TableReader.Open(_files, path));
                handles.Add(table.Number, handle);
                if (Difference(table, handle.Reader.Properties) is { } difference)
                {
                    throw new ManifestCorruptionException(path, 0, difference);
                }
            }
        }
        catch
        {
            Close(handles);
            throw;
        }

        Hold(handles);
        return handles;
    }

    /// <summary>The tables of the next state: those that are open already, and the added ones, which no version holds yet.</summary>
    private Dictionary<long, TableHandle> OpenAdded(TableVersion old, ManifestState next)
    {
        var handles = new Dictionary<long, TableHandle>();
        try
        {
            foreach (TableInfo table in next.Tables)
            {
                if (!old.Handles.TryGetValue(table.Number, out TableHandle? handle))
                {
                    handle = new TableHandle(TableReader.Open(_files, PathOf(table.Number)));
                    handles.Add(table.Number, handle);
                    if (Difference(table, handle.Reader.Properties) is { } difference)
                    {
                        throw new ArgumentException($"table {table.Number}: {difference}");
                    }
                }
                else
                {
                    handles.Add(table.Number, handle);
                }
            }

            return handles;
        }
        catch
        {
            Close(handles);
            throw;
        }
    }

    private static string? Difference(TableInfo table, TableProperties found)
    {
        if (table.FileBytes != found.FileBytes || table.Entries != found.Entries)
        {
            return $"the manifest says {table.FileBytes} bytes and {table.Entries} entries, the table has "
                + $"{found.FileBytes} and {found.Entries}";
        }

        if (table.FirstLsn != found.FirstLsn || table.LastLsn != found.LastLsn)
        {
            return $"the manifest says LSN {table.FirstLsn} to {table.LastLsn}, the table {found.FirstLsn} to {found.LastLsn}";
        }

        return table.SmallestKey.AsSpan().SequenceEqual(found.SmallestKey) && table.LargestKey.AsSpan().SequenceEqual(found.LargestKey)
            ? null
            : "the manifest and the table name different keys";
    }

    private void Replace(TableVersion old, TableVersion next)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_current is null, this);
            Hold(next.Handles);
            _current = next;
        }

        foreach ((long number, TableHandle handle) in old.Handles)
        {
            if (!next.Handles.ContainsKey(number))
            {
                _unused.Add(new UnusedFile(PathOf(number), number, handle));
            }
        }

        Release(old);
    }

    private static void Hold(IReadOnlyDictionary<long, TableHandle> handles)
    {
        foreach (TableHandle handle in handles.Values)
        {
            handle.Versions++;
        }
    }

    private bool IsDeletable(UnusedFile file)
    {
        lock (_gate)
        {
            if (file.Handle is { Versions: > 0 })
            {
                return false;
            }
        }

        return file.TableNumber == 0 || _manifest.MayDeleteTable(file.TableNumber);
    }
}
