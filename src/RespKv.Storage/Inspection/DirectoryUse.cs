using RespKv.Storage.Files;

namespace RespKv.Storage.Inspection;

/// <summary>Whether somebody works in a data directory, found out without writing to it.</summary>
public static class DirectoryUse
{
    private const string LockName = "LOCK";

    /// <summary>
    /// True when the directory's lock is held. On a real disk the lock is tried through a read-only descriptor and let go at
    /// once, so that neither the file nor its holder's number in it is touched; a server that starts in that very moment
    /// would be told that the directory is in use.
    /// </summary>
    public static bool IsLocked(IFileSystem files, string directory)
    {
        string path = Path.Combine(directory, LockName);
        if (!files.FileExists(path))
        {
            return false;
        }

        return files is PosixFileSystem ? IsLocked(path) : IsLockedElsewhere(files, directory);
    }

    private static bool IsLocked(string path)
    {
        int descriptor = Native.Open(path, Native.OpenReadOnly | Native.OpenCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new StorageException("open", path, Native.LastError);
        }

        try
        {
            Errno error;
            do
            {
                error = Native.Lock(descriptor, Native.LockExclusiveNoWait) == 0 ? Errno.None : Native.LastError;
            }
            while (error == Errno.EINTR);

            return error switch
            {
                Errno.None => false,
                Errno.EWOULDBLOCK => true,
                _ => throw new StorageException("flock", path, error),
            };
        }
        finally
        {
            // Lets the lock go.
            _ = Native.Close(descriptor);
        }
    }

    private static bool IsLockedElsewhere(IFileSystem files, string directory)
    {
        try
        {
            files.LockDirectory(directory).Dispose();
            return false;
        }
        catch (StorageException e) when (e.Kind == StorageErrorKind.Locked)
        {
            return true;
        }
    }
}
