using System.Runtime.InteropServices;
using System.Text;

namespace RespKv.Storage.Files;

/// <summary>
/// All P/Invoke of the project: the system calls for which .NET has no door, or one that swallows errors (decision 9).
/// The only file with unsafe code: buffers come in as references, which the marshaller pins. Nothing here retries or
/// throws; callers read <see cref="LastError"/> straight after a call that returned -1.
/// Numbers are those of 64-bit Linux, equal on x64 and arm64, on glibc and musl.
/// </summary>
internal static unsafe partial class Native
{
    internal const int OpenReadOnly = 0;
    internal const int OpenReadWrite = 2;
    internal const int OpenCreate = 0x40;
    internal const int OpenExclusive = 0x80;
    internal const int OpenCloseOnExec = 0x80000;

    /// <summary>Data files: the owner reads and writes, the group (backup jobs) reads. 0640.</summary>
    internal const uint FileMode = 0x1A0;

    /// <summary>Data directories. 0750.</summary>
    internal const uint DirectoryMode = 0x1E8;

    internal const int SeekEnd = 2;
    internal const int LockExclusiveNoWait = 2 | 4;
    internal const int AccessExists = 0;
    internal const int AdviseDontNeed = 4;
    internal const int EventCloseOnExec = 0x80000;
    internal const int PrctlSetTimerSlack = 29;
    internal const short PollIn = 1;
    internal const int PriorityOfProcess = 0;

    private const string LibC = "libc";

    // struct dirent: u64 inode, i64 offset, u16 record length, u8 type, name.
    private const int DirentTypeOffset = 18;
    private const int DirentNameOffset = 19;
    private const byte DirentTypeUnknown = 0;
    private const byte DirentTypeRegular = 8;

    // struct statvfs: u64 block size, fragment size, blocks, free, available ...; more room than any C library uses.
    private const int StatvfsFragmentSize = 1;
    private const int StatvfsAvailable = 4;
    private const int StatvfsWords = 32;

    internal static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, uint mode);

    [LibraryImport(LibC, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport(LibC, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint ReadAt(int descriptor, ref byte buffer, nuint count, long offset);

    [LibraryImport(LibC, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint WriteAt(int descriptor, ref byte buffer, nuint count, long offset);

    [LibraryImport(LibC, EntryPoint = "read", SetLastError = true)]
    internal static partial nint ReadEvent(int descriptor, ref ulong count, nuint bytes);

    [LibraryImport(LibC, EntryPoint = "write", SetLastError = true)]
    internal static partial nint WriteEvent(int descriptor, ref ulong count, nuint bytes);

    [LibraryImport(LibC, EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int SyncData(int descriptor);

    [LibraryImport(LibC, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(int descriptor);

    [LibraryImport(LibC, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(int descriptor, long offset, int whence);

    [LibraryImport(LibC, EntryPoint = "setpriority", SetLastError = true)]
    internal static partial int SetPriority(int which, uint who, int priority);

    [LibraryImport(LibC, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(int descriptor, long length);

    /// <summary>Returns the error number itself; 0 when it went well.</summary>
    [LibraryImport(LibC, EntryPoint = "posix_fadvise")]
    internal static partial int Advise(int descriptor, long offset, long length, int advice);

    [LibraryImport(LibC, EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(int descriptor, int operation);

    [LibraryImport(LibC, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Access(string path, int mode);

    [LibraryImport(LibC, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport(LibC, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    [LibraryImport(LibC, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeDirectory(string path, uint mode);

    [LibraryImport(LibC, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(LibC, EntryPoint = "ppoll", SetLastError = true)]
    internal static partial int Poll(ref PollDescriptor descriptors, nuint count, ref TimeSpec timeout, nint signalMask);

    [LibraryImport(LibC, EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SchedulerAttributes(nint call, int thread, ref SchedulingAttributes attributes, uint sizeOrFlags, uint flags);

    [LibraryImport(LibC, EntryPoint = "sched_setaffinity", SetLastError = true)]
    internal static partial int SetAffinity(int thread, nuint bytes, ref byte mask);

    /// <summary>Bytes available to this user, or -1.</summary>
    internal static long AvailableBytes(string path)
    {
        ulong* words = stackalloc ulong[StatvfsWords];
        return StatFileSystem(path, words) == 0 ? (long)(words[StatvfsFragmentSize] * words[StatvfsAvailable]) : -1;
    }

    /// <summary>Adds the names of the regular files. Returns 0, or -1.</summary>
    internal static int ListFiles(string path, List<string> names)
    {
        void* directory = OpenDirectory(path);
        if (directory == null)
        {
            return -1;
        }

        byte* entry;
        while ((entry = ReadDirectory(directory)) != null)
        {
            byte type = entry[DirentTypeOffset];
            if (type is DirentTypeRegular or DirentTypeUnknown)
            {
                names.Add(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + DirentNameOffset)));
            }
        }

        int error = Marshal.GetLastPInvokeError();
        _ = CloseDirectory(directory);
        Marshal.SetLastPInvokeError(error);
        return error == 0 ? 0 : -1;
    }

    [LibraryImport(LibC, EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatFileSystem(string path, ulong* words);

    [LibraryImport(LibC, EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void* OpenDirectory(string path);

    // A null with the last error at 0 is the end of the directory: the marshaller clears errno before the call.
    [LibraryImport(LibC, EntryPoint = "readdir", SetLastError = true)]
    private static partial byte* ReadDirectory(void* directory);

    [LibraryImport(LibC, EntryPoint = "closedir", SetLastError = true)]
    private static partial int CloseDirectory(void* directory);

    /// <summary>struct sched_attr, its first version.</summary>
    internal struct SchedulingAttributes
    {
        internal const uint SizeBytes = 48;

        internal uint Size;
        internal uint Policy;
        internal ulong Flags;
        internal int Nice;
        internal uint Priority;
        internal ulong RuntimeNanos;
        internal ulong DeadlineNanos;
        internal ulong PeriodNanos;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
