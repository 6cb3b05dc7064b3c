using System.Net.Sockets;
using System.Runtime.InteropServices;
using RespKv.Storage.Files;

namespace RespKv.Hosting.Transport;

/// <summary>
/// The system calls of the event loop, for which .NET has no door (its own epoll is reached through asynchronous operations only).
/// Nothing here retries or throws; callers read <see cref="LastError"/> straight after a call that returned -1.
/// Numbers are those of 64-bit Linux, equal on x64 and arm64, on glibc and musl.
/// </summary>
internal static unsafe partial class EpollNative
{
    internal const uint In = 0x1;
    internal const uint Out = 0x4;
    internal const uint Error = 0x8;
    internal const uint HangUp = 0x10;

    /// <summary>The peer has closed, or its sending half.</summary>
    internal const uint PeerClosed = 0x2000;

    /// <summary>Edge-triggered: what has been told once is not told again until it changes.</summary>
    internal const uint OnChange = 0x8000_0000;

    internal const int Add = 1;
    internal const int Delete = 2;

    private const string LibC = "libc";
    private const int CloseOnExec = 0x80000;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    /// <summary>struct epoll_event: u32 events, u64 data. Packed on x64 only.</summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    internal static readonly int EventBytes = DataOffset + 8;

    internal static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    internal static uint Events(ReadOnlySpan<byte> events, int index) => MemoryMarshal.Read<uint>(events[(index * EventBytes)..]);

    internal static ulong Data(ReadOnlySpan<byte> events, int index) => MemoryMarshal.Read<ulong>(events[((index * EventBytes) + DataOffset)..]);

    internal static int Create() => EpollCreate(CloseOnExec);

    internal static int Control(int epoll, int operation, SafeSocketHandle socket, uint events, ulong data)
    {
        Span<byte> value = stackalloc byte[16];
        MemoryMarshal.Write(value, events);
        MemoryMarshal.Write(value[DataOffset..], data);
        return EpollControl(epoll, operation, socket, ref MemoryMarshal.GetReference(value));
    }

    internal static int ControlDescriptor(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        Span<byte> value = stackalloc byte[16];
        MemoryMarshal.Write(value, events);
        MemoryMarshal.Write(value[DataOffset..], data);
        return EpollControlDescriptor(epoll, operation, descriptor, ref MemoryMarshal.GetReference(value));
    }

    internal static int Wait(int epoll, Span<byte> events, int timeoutMillis)
        => EpollWait(epoll, ref MemoryMarshal.GetReference(events), events.Length / EventBytes, timeoutMillis);

    internal static nint Receive(SafeSocketHandle socket, Span<byte> buffer)
        => Receive(socket, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, DontWait);

    internal static nint Send(SafeSocketHandle socket, ReadOnlySpan<byte> buffer)
        => Send(socket, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, DontWait | NoSignal);

    [LibraryImport(LibC, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport(LibC, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport(LibC, EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, SafeSocketHandle socket, ref byte value);

    [LibraryImport(LibC, EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControlDescriptor(int epoll, int operation, int descriptor, ref byte value);

    [LibraryImport(LibC, EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, ref byte events, int count, int timeoutMillis);

    [LibraryImport(LibC, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, ref byte buffer, nuint count, int flags);

    [LibraryImport(LibC, EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, ref byte buffer, nuint count, int flags);
}
