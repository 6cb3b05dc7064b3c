namespace RespKv.Storage.Files;

public enum StorageErrorKind
{
    /// <summary>The call failed; see <see cref="StorageException.Errno"/>.</summary>
    Failed,

    /// <summary>Somebody else holds the lock.</summary>
    Locked,

    /// <summary>No room: ENOSPC or EDQUOT.</summary>
    NoSpace,
}

/// <summary>A call to the file system failed. The message names operation, path and errno.</summary>
public sealed class StorageException : IOException
{
    public StorageException(string operation, string path, Errno errno)
        : this(operation, path, errno, KindOf(errno), $"{operation} {path}: {errno.Name()} ({errno.Text()})")
    {
    }

    private StorageException(string operation, string path, Errno errno, StorageErrorKind kind, string message)
        : base(message)
    {
        Operation = operation;
        Path = path;
        Errno = errno;
        Kind = kind;
    }

    /// <summary>The system call, for example <c>fdatasync</c>.</summary>
    public string Operation { get; }

    public string Path { get; }

    public Errno Errno { get; }

    public StorageErrorKind Kind { get; }

    public static StorageException Locked(string path, string holder)
    {
        string message = $"flock {path}: the directory is in use by another process{holder}; one process per data directory";
        return new StorageException("flock", path, Errno.EWOULDBLOCK, StorageErrorKind.Locked, message);
    }

    private static StorageErrorKind KindOf(Errno errno)
    {
        return errno is Errno.ENOSPC or Errno.EDQUOT ? StorageErrorKind.NoSpace : StorageErrorKind.Failed;
    }
}
