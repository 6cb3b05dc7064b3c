using System.Globalization;
using System.Text;

namespace RespKv.Storage.Files;

/// <summary>The file system of the machine (64-bit Linux). Every descriptor is closed on exec.</summary>
public sealed class PosixFileSystem : IFileSystem
{
    private const string LockName = "LOCK";

    /// <summary>Longest text of a process id that is read from the lock file.</summary>
    private const int HolderBytesMax = 20;

    public IFile Open(string path, FileOpenKind kind)
    {
        int flags = kind switch
        {
            FileOpenKind.CreateNew => Native.OpenReadWrite | Native.OpenCreate | Native.OpenExclusive,
            FileOpenKind.OpenExisting => Native.OpenReadWrite,
            FileOpenKind.Read => Native.OpenReadOnly,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return new PosixFile(path, OpenDescriptor(path, flags));
    }

    public bool FileExists(string path)
    {
        while (Native.Access(path, Native.AccessExists) != 0)
        {
            Errno error = Native.LastError;
            if (error is Errno.ENOENT or Errno.ENOTDIR)
            {
                return false;
            }

            ThrowUnlessInterrupted(error, "access", path);
        }

        return true;
    }

    public void CreateDirectory(string path)
    {
        if (FileExists(path))
        {
            return;
        }

        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        while (Native.MakeDirectory(path, Native.DirectoryMode) != 0)
        {
            Errno error = Native.LastError;
            if (error == Errno.EEXIST)
            {
                break;
            }

            ThrowUnlessInterrupted(error, "mkdir", path);
        }

        if (parent is not null)
        {
            SyncDirectory(parent);
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        var names = new List<string>();
        while (Native.ListFiles(directory, names) != 0)
        {
            ThrowUnlessInterrupted(Native.LastError, "opendir", directory);
            names.Clear();
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public void Rename(string from, string to)
    {
        while (Native.Rename(from, to) != 0)
        {
            ThrowUnlessInterrupted(Native.LastError, "rename", $"{from} -> {to}");
        }
    }

    public void Delete(string path)
    {
        while (Native.Unlink(path) != 0)
        {
            ThrowUnlessInterrupted(Native.LastError, "unlink", path);
        }
    }

    public void SyncDirectory(string path)
    {
        int descriptor = OpenDescriptor(path, Native.OpenReadOnly);
        int result = Native.Sync(descriptor);
        Errno error = Native.LastError;
        _ = Native.Close(descriptor);
        if (result != 0)
        {
            throw new StorageException("fsync", path, error);
        }
    }

    public IDisposable LockDirectory(string path)
    {
        string lockPath = Path.Combine(path, LockName);
        int descriptor = OpenDescriptor(lockPath, Native.OpenReadWrite | Native.OpenCreate);
        var file = new PosixFile(lockPath, descriptor);
        try
        {
            while (Native.Lock(descriptor, Native.LockExclusiveNoWait) != 0)
            {
                Errno error = Native.LastError;
                if (error == Errno.EWOULDBLOCK)
                {
                    throw StorageException.Locked(lockPath, Holder(file));
                }

                ThrowUnlessInterrupted(error, "flock", lockPath);
            }

            WriteHolder(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public long FreeBytes(string directory)
    {
        long bytes = Native.AvailableBytes(directory);
        return bytes >= 0 ? bytes : throw new StorageException("statvfs", directory, Native.LastError);
    }

    private static int OpenDescriptor(string path, int flags)
    {
        int descriptor;
        while ((descriptor = Native.Open(path, flags | Native.OpenCloseOnExec, Native.FileMode)) < 0)
        {
            ThrowUnlessInterrupted(Native.LastError, "open", path);
        }

        return descriptor;
    }

    private static void ThrowUnlessInterrupted(Errno error, string operation, string path)
    {
        if (error != Errno.EINTR)
        {
            throw new StorageException(operation, path, error);
        }
    }

    // The number is a hint for the operator only, the lock itself is the kernel's: a full disk must not keep a server from
    // starting.
    private static void WriteHolder(PosixFile file)
    {
        try
        {
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
        }
        catch (StorageException)
        {
            // Without it the text of the refusal says less.
        }
    }

    private static string Holder(PosixFile file)
    {
        Span<byte> text = stackalloc byte[HolderBytesMax];
        text = text[..file.Read(text, 0)];
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? $" (process {process})" : "";
    }
}
