namespace RespKv.Storage.Files;

/// <summary>How a file is opened.</summary>
public enum FileOpenKind
{
    /// <summary>The file must not exist yet; read and write.</summary>
    CreateNew,

    /// <summary>The file must exist; read and write.</summary>
    OpenExisting,

    /// <summary>The file must exist; read only.</summary>
    Read,
}

/// <summary>
/// The file-system door: everything that touches a disk goes through here, so that tests can put a disk behind it that
/// fails, fills up or loses power. Every failure is a <see cref="StorageException"/>. Thread safe.
/// </summary>
public interface IFileSystem
{
    IFile Open(string path, FileOpenKind kind);

    /// <summary>True when something by that name is there, whatever it is.</summary>
    bool FileExists(string path);

    /// <summary>Creates the directory and its missing parents durably: each parent is synced (D4). An existing directory is no error.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (without the directory) of the regular files in a directory, in ordinal order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Atomically renames, replacing the target. Durable only after <see cref="SyncDirectory"/> (D4).</summary>
    void Rename(string from, string to);

    /// <summary>Durable only after <see cref="SyncDirectory"/> (D4).</summary>
    void Delete(string path);

    /// <summary>Makes creates, renames and deletes in this directory durable (D4).</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// Takes the directory for this process by a lock on the file <c>LOCK</c> in it, held until disposed. When somebody
    /// else holds it: <see cref="StorageException"/> of kind <see cref="StorageErrorKind.Locked"/>.
    /// </summary>
    IDisposable LockDirectory(string path);

    /// <summary>Bytes that this process may still claim on the directory's file system.</summary>
    long FreeBytes(string directory);
}
