using System.Security.Cryptography;
using RespKv.Storage.Files;

namespace RespKv.Storage.Manifest;

/// <summary>What tools learn about the manifest of a directory.</summary>
/// <param name="State">What a start would begin with.</param>
/// <param name="Path">The manifest in force; empty when the directory has none yet.</param>
/// <param name="Edits">Records behind the base of that file.</param>
/// <param name="TornBytes">What a start would cut: an edit that a crash interrupted.</param>
public sealed record ManifestReport(ManifestState State, string Path, long Edits, long TornBytes);

/// <summary>
/// The manifest: which tables make up the data, kept as a base state and a list of edits in one file, and the pointer to
/// that file.
///
/// Invariants:
/// - <see cref="State"/> moves only after the edit is durable.
/// - A file and its directory entry are durable before CURRENT names it (D4).
/// - A file whose write or sync failed, or that has a torn end, is never written to again: the next edit goes to a new one.
/// - While <see cref="IsUncertain"/>, the disk may hold <see cref="State"/> or that state and an edit that failed; nothing
///   that either names may be deleted (<see cref="MayDeleteTable"/>).
///
/// Apply and Dispose belong to one thread; State, IsUncertain and Preview to any. The caller holds the directory's lock.
/// </summary>
public sealed class ManifestStore : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly Func<ulong> _newFileId;

    // Owned by the thread that applies.
    private readonly HashSet<long> _uncertainTables = [];
    private readonly List<string> _obsolete = [];
    private ManifestFile? _file;
    private byte[] _torn = [];
    private long _largestNumber;
    private bool _mustSwitch;

    private volatile ManifestState _state = ManifestState.Empty;
    private volatile bool _isUncertain;

    private ManifestStore(IFileSystem files, string directory, Func<ulong> newFileId)
    {
        _files = files;
        _directory = directory;
        _newFileId = newFileId;
    }

    /// <summary>What is durable for sure.</summary>
    public ManifestState State => _state;

    /// <summary>An edit failed so that nobody knows whether it is on disk. The next one that succeeds settles it.</summary>
    public bool IsUncertain => _isUncertain;

    /// <summary>
    /// What <see cref="Open"/> found behind the last edit: one that a crash interrupted, in whole sectors. It is copied to
    /// <c>torn-manifest-*.bin</c> before its file is given up (D9).
    /// </summary>
    public long TornBytes { get; private set; }

    /// <summary>The manifest that they are in; empty when there are none.</summary>
    public string TornFile { get; private set; } = "";

    /// <summary>Bytes from the start of that file.</summary>
    public long TornOffset { get; private set; }

    /// <summary>Path and offset for the log; empty when there are none.</summary>
    public string TornPlace => TornBytes == 0 ? "" : $"{TornFile}, offset {TornOffset}";

    /// <summary>The file in force.</summary>
    internal string Path => _file!.Path;

    /// <summary>
    /// Reads the manifest in force; a new directory gets an empty one, so that no table is ever there without a manifest.
    /// What was read is durable: the names and the file are synced first, and its cached pages are let go.
    /// </summary>
    /// <exception cref="ManifestCorruptionException">Nothing on disk was changed.</exception>
    /// <exception cref="StorageException">A call failed.</exception>
    public static ManifestStore Open(IFileSystem files, string directory) => Open(files, directory, RandomId);

    /// <summary>For tools: the state that <see cref="Open"/> would give. Changes nothing.</summary>
    /// <exception cref="ManifestCorruptionException">As for Open.</exception>
    public static ManifestState Read(IFileSystem files, string directory) => Inspect(files, directory).State;

    /// <summary>
    /// The bytes of a manifest that holds a state and nothing else, for a copy of the directory. Its file is
    /// <see cref="ManifestNames.Manifest"/> of 1.
    /// </summary>
    public static byte[] Encode(ManifestState state) => ManifestFile.Image(number: 1, RandomId(), state).Bytes;

    /// <summary>As <see cref="Read"/>, and what it was read from.</summary>
    public static ManifestReport Inspect(IFileSystem files, string directory)
    {
        ManifestDirectory found = ManifestDirectory.Find(files, directory);
        if (found.Current == 0)
        {
            return new ManifestReport(ManifestState.Empty, "", 0, 0);
        }

        using IFile file = files.Open(found.Path, FileOpenKind.Read);
        ManifestContent content = ManifestReader.Read(file, found.Current);
        return new ManifestReport(
            content.State, found.Path, content.Sequence - content.Header.BaseRecords, content.Torn.Length);
    }

    internal static ManifestStore Open(IFileSystem files, string directory, Func<ulong> newFileId)
    {
        // A rename that an earlier process made and could not sync is seen, but not on disk.
        files.SyncDirectory(directory);
        ManifestDirectory found = ManifestDirectory.Find(files, directory);
        var store = new ManifestStore(files, directory, newFileId) { _largestNumber = found.Largest };
        try
        {
            if (found.Current == 0)
            {
                store.Create();
            }
            else
            {
                store.Load(found);
            }

            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The state that <see cref="Apply"/> would lead to.</summary>
    /// <exception cref="ArgumentException">The edit contradicts the state or itself.</exception>
    public ManifestState Preview(ManifestEdit edit) => _state.With(edit);

    /// <summary>Makes an edit durable, then moves <see cref="State"/>. The files of added tables are durable already, names included.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Preview"/>; nothing was done.</exception>
    /// <exception cref="StorageException">State is as before; see <see cref="IsUncertain"/>. Apply may be called again.</exception>
    public void Apply(ManifestEdit edit)
    {
        ObjectDisposedException.ThrowIf(_file is null, this);
        ManifestEdit complete = ManifestRules.Complete(_state, edit);
        ManifestState next = _state.With(complete);
        byte[]? record = _mustSwitch ? null : _file.Fit(complete);
        if (record is null)
        {
            Switch(next, complete);
        }
        else
        {
            Append(record, complete);
        }

        _state = next;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>False: a state that may be on disk names the table. For the thread that applies.</summary>
    internal bool MayDeleteTable(long number) => _state.Find(number) is null && !_uncertainTables.Contains(number);

    private static ulong RandomId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    private void Create()
    {
        if (_largestNumber > 0)
        {
            // What a crash during an earlier first start left.
            _files.Delete(System.IO.Path.Combine(_directory, ManifestNames.Manifest(_largestNumber)));
            _largestNumber = 0;
        }

        Switch(ManifestState.Empty, new ManifestEdit());
    }

    private void Load(ManifestDirectory found)
    {
        IFile file = _files.Open(found.Path, FileOpenKind.OpenExisting);
        try
        {
            // After a sync that failed in an earlier process the cache shows an edit that the disk never got.
            file.SyncData();
            file.DropCache();
            ManifestContent content = ManifestReader.Read(file, found.Current);
            _file = new ManifestFile(file, content.Header, content.EndOffset, content.Sequence);
            _state = content.State;
            _torn = content.Torn;
            _mustSwitch = _torn.Length > 0;
            TornBytes = _torn.Length;
            TornFile = _mustSwitch ? found.Path : "";
            TornOffset = _mustSwitch ? content.TornOffset : 0;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Append(byte[] record, ManifestEdit edit)
    {
        try
        {
            _file!.Append(record);
        }
        catch (StorageException)
        {
            BecomeUncertain(edit);
            throw;
        }
    }

    /// <summary>A new file with the state; when it is in force, the older ones go.</summary>
    private void Switch(ManifestState next, ManifestEdit edit)
    {
        ManifestFile file = Prepare(next);
        try
        {
            CurrentFile.Switch(_files, _directory);
        }
        catch (StorageException)
        {
            // CURRENT may name either file: neither goes, and neither is written to.
            _obsolete.Add(file.Path);
            file.Dispose();
            BecomeUncertain(edit);
            throw;
        }

        if (_file is not null)
        {
            _obsolete.Add(_file.Path);
            _file.Dispose();
        }

        _file = file;
        _torn = [];
        _mustSwitch = false;
        _isUncertain = false;
        _uncertainTables.Clear();
        _obsolete.RemoveAll(TryDelete);
    }

    /// <summary>Everything that leaves CURRENT alone. When it fails, nothing has changed.</summary>
    private ManifestFile Prepare(ManifestState next)
    {
        // A number of its own for every attempt: CURRENT may name the file of one that failed.
        _largestNumber++;
        string path = System.IO.Path.Combine(_directory, ManifestNames.Manifest(_largestNumber));
        ManifestFile? file = null;
        try
        {
            KeepEvidence();
            file = ManifestFile.Create(_files, path, _largestNumber, _newFileId(), next);
            _files.SyncDirectory(_directory);
            CurrentFile.WriteTemporary(_files, _directory, _largestNumber);
            return file;
        }
        catch
        {
            file?.Dispose();
            if (!TryDelete(path))
            {
                _obsolete.Add(path);
            }

            throw;
        }
    }

    // Durable with the directory sync that follows.
    private void KeepEvidence()
    {
        if (_torn.Length == 0)
        {
            return;
        }

        int count = 1;
        string path;
        while (_files.FileExists(path = System.IO.Path.Combine(_directory, ManifestNames.Evidence(_file!.Number, count))))
        {
            count++;
        }

        try
        {
            using IFile evidence = _files.Open(path, FileOpenKind.CreateNew);
            evidence.Write(_torn, 0);
            evidence.SyncData();
        }
        catch (StorageException)
        {
            TryDelete(path);
            throw;
        }

        _torn = [];
    }

    private void BecomeUncertain(ManifestEdit edit)
    {
        _mustSwitch = true;
        _isUncertain = true;
        _uncertainTables.UnionWith(edit.Added.Select(table => table.Number));
    }

    // A manifest that is not in force costs room only; the next switch or start tries again.
    private bool TryDelete(string path)
    {
        try
        {
            _files.Delete(path);
            return true;
        }
        catch (StorageException failure)
        {
            return failure.Errno == Errno.ENOENT;
        }
    }
}
