using System.Runtime.InteropServices;

namespace RespKv.Storage.Files;

/// <summary>A file descriptor. Reads and writes allocate nothing.</summary>
internal sealed class PosixFile : IFile
{
    private int _descriptor;

    internal PosixFile(string path, int descriptor)
    {
        Path = path;
        _descriptor = descriptor;
    }

    public string Path { get; }

    public long Length
    {
        get
        {
            long length = Native.Seek(_descriptor, 0, Native.SeekEnd);
            return length >= 0 ? length : throw Failure("lseek");
        }
    }

    public int Read(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int done = 0;
        while (done < buffer.Length)
        {
            Span<byte> rest = buffer[done..];
            nint count = Native.ReadAt(_descriptor, ref MemoryMarshal.GetReference(rest), (nuint)rest.Length, offset + done);
            if (count == 0)
            {
                break;
            }

            if (count > 0)
            {
                done += (int)count;
            }
            else if (Native.LastError != Errno.EINTR)
            {
                throw Failure("pread");
            }
        }

        return done;
    }

    public void Write(ReadOnlySpan<byte> data, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int done = 0;
        while (done < data.Length)
        {
            ReadOnlySpan<byte> rest = data[done..];
            nint count = Native.WriteAt(_descriptor, ref MemoryMarshal.GetReference(rest), (nuint)rest.Length, offset + done);
            if (count > 0)
            {
                done += (int)count;
            }
            else if (count == 0)
            {
                // POSIX does not say what a write of nothing means; looping on it might never end.
                throw new StorageException("pwrite", Path, Errno.EIO);
            }
            else if (Native.LastError != Errno.EINTR)
            {
                throw Failure("pwrite");
            }
        }
    }

    // No loop over EINTR: an interrupted sync has synced nothing that one could name (D3).
    public void SyncData()
    {
        if (Native.SyncData(_descriptor) != 0)
        {
            throw Failure("fdatasync");
        }
    }

    public void SetLength(long length)
    {
        while (Native.Truncate(_descriptor, length) != 0)
        {
            if (Native.LastError != Errno.EINTR)
            {
                throw Failure("ftruncate");
            }
        }
    }

    public void DropCache()
    {
        int error = Native.Advise(_descriptor, 0, 0, Native.AdviseDontNeed);
        if (error != 0)
        {
            throw new StorageException("posix_fadvise", Path, (Errno)error);
        }
    }

    // What counts was synced before, so an error of close has nothing to say; and a second close might hit another file.
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            _ = Native.Close(descriptor);
        }
    }

    private StorageException Failure(string operation) => new(operation, Path, Native.LastError);
}
