using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RespKv.Latency;

/// <summary>
/// Waits for many sockets on one thread, to the microsecond: .NET has neither. Edge-triggered: a socket is reported once for what has
/// come, and once when it takes bytes again after it was full. Waiting allocates nothing.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int EventsMax = 256;
    private const long NanosPerMilli = 1_000_000;
    private const long NanosPerSecond = 1_000_000_000;
    private const int Add = 1;
    private const int CloseOnExec = 0x80000;
    private const uint In = 0x1;
    private const uint Out = 0x4;
    private const uint EdgeTriggered = 1u << 31;
    private const int Interrupted = 4;

    /// <summary>struct epoll_event: u32 events, u64 data. Packed on x64 only.</summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static readonly int EventBytes = DataOffset + 8;

    private readonly byte[] _events = new byte[EventsMax * EventBytes];
    private readonly int _descriptor;
    private readonly bool _isPrecise;

    public Epoll()
    {
        _descriptor = Check(Create(CloseOnExec), "epoll_create1");
        _isPrecise = HasPreciseWait();
    }

    /// <summary>Struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }

    /// <summary>From now on the socket is reported by this number.</summary>
    public void Watch(Socket socket, int number)
    {
        byte[] value = new byte[16];
        MemoryMarshal.Write(value, In | Out | EdgeTriggered);
        MemoryMarshal.Write(value.AsSpan(DataOffset), (long)number);
        Check(Control(_descriptor, Add, (int)socket.Handle, value), "epoll_ctl");
    }

    /// <summary>Waits for at least one socket. Returns how many there are, 0 when the time is over; <see cref="Number"/> names them.</summary>
    /// <param name="timeoutNanos">0 or less: does not wait. Kernels before 5.11 round down to milliseconds: the caller comes back early.</param>
    public int Wait(long timeoutNanos)
    {
        timeoutNanos = Math.Max(timeoutNanos, 0);
        int count;
        if (_isPrecise)
        {
            var timeout = new TimeSpec { Seconds = timeoutNanos / NanosPerSecond, Nanos = timeoutNanos % NanosPerSecond };
            count = PreciseWait(_descriptor, _events, EventsMax, ref timeout, 0);
        }
        else
        {
            count = CoarseWait(_descriptor, _events, EventsMax, (int)Math.Min(timeoutNanos / NanosPerMilli, int.MaxValue));
        }

        return count < 0 && Marshal.GetLastPInvokeError() == Interrupted ? 0 : Check(count, "epoll_wait");
    }

    /// <summary>The number of a socket that the last <see cref="Wait"/> has found.</summary>
    public int Number(int index) => (int)MemoryMarshal.Read<long>(_events.AsSpan((index * EventBytes) + DataOffset));

    public void Dispose() => _ = Close(_descriptor);

    private static int Check(int result, string call)
        => result >= 0 ? result : throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private bool HasPreciseWait()
    {
        try
        {
            TimeSpec none = default;
            return PreciseWait(_descriptor, _events, 1, ref none, 0) >= 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Create(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int epoll, int operation, int descriptor, byte[] value);

    [DllImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int PreciseWait(int epoll, byte[] events, int eventsMax, ref TimeSpec timeout, nint signals);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CoarseWait(int epoll, byte[] events, int eventsMax, int timeoutMillis);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
