using System.Diagnostics;
using RespKv.Storage.Threading;

namespace RespKv.Storage.Files;

/// <summary>
/// Wakes one waiting thread, with timeouts in microseconds (the writer's gathering, decision 5); the waits of .NET round
/// up to milliseconds. Any number of threads may signal, one may wait; signals before a wait count as one. Neither call
/// allocates.
///
/// Invariant: <c>_signalled</c> is 1 from the first Signal until the waiter consumed it, and in that time exactly one
/// write to the descriptor is made. So only the first of a crowd pays for a system call.
/// </summary>
public sealed class WakeEvent : IWakeEvent
{
    private const string Name = "wake event";
    private const long MicrosPerSecond = 1_000_000;
    private const long NanosPerMicro = 1_000;

    /// <summary>The least that the kernel takes; 0 would mean the default of 50 us.</summary>
    private const nuint TimerSlackNanos = 1;

    private readonly int _descriptor;
    private int _signalled;
    private int _disposed;

    public WakeEvent()
    {
        _descriptor = Native.EventDescriptor(0, Native.EventCloseOnExec);
        if (_descriptor < 0)
        {
            throw new StorageException("eventfd", Name, Native.LastError);
        }
    }

    /// <summary>Readable while there is a signal to consume: for a waiter that waits for other descriptors too, and calls <see cref="Wait"/> when it is.</summary>
    public int Descriptor => _descriptor;

    /// <summary>
    /// Lets the calling thread's timeouts end on time: the kernel otherwise adds up to 50 us to save wake-ups, half a
    /// sync of a fast disk.
    /// </summary>
    public static void SetPreciseTimers()
    {
        if (Native.ProcessControl(Native.PrctlSetTimerSlack, TimerSlackNanos, 0, 0, 0) != 0)
        {
            throw new StorageException("prctl", Name, Native.LastError);
        }
    }

    /// <inheritdoc/>
    public void Signal()
    {
        // A full fence even when it is set already: a plain read could come before the caller's own writes are visible.
        if (Interlocked.Exchange(ref _signalled, 1) == 1)
        {
            return;
        }

        ulong one = 1;
        while (Native.WriteEvent(_descriptor, ref one, sizeof(ulong)) < 0)
        {
            ThrowUnlessInterrupted("write");
        }
    }

    /// <inheritdoc/>
    public bool Wait(long timeoutMicros)
    {
        if (timeoutMicros >= 0 && Volatile.Read(ref _signalled) == 0 && !Poll(timeoutMicros))
        {
            return false;
        }

        ulong count = 0;
        while (Native.ReadEvent(_descriptor, ref count, sizeof(ulong)) < 0)
        {
            ThrowUnlessInterrupted("read");
        }

        // A full fence: a signal that writes nothing because it still sees 1 has published its work before this line.
        Interlocked.Exchange(ref _signalled, 0);
        return true;
    }

    /// <summary>Only when nobody waits or signals any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _ = Native.Close(_descriptor);
        }
    }

    private static void ThrowUnlessInterrupted(string operation)
    {
        Errno error = Native.LastError;
        if (error != Errno.EINTR)
        {
            throw new StorageException(operation, Name, error);
        }
    }

    private bool Poll(long timeoutMicros)
    {
        long start = Stopwatch.GetTimestamp();
        long leftMicros = timeoutMicros;
        while (true)
        {
            var descriptor = new Native.PollDescriptor { Descriptor = _descriptor, Events = Native.PollIn };
            var timeout = new Native.TimeSpec
            {
                Seconds = leftMicros / MicrosPerSecond,
                Nanoseconds = leftMicros % MicrosPerSecond * NanosPerMicro,
            };
            int ready = Native.Poll(ref descriptor, 1, ref timeout, 0);
            if (ready >= 0)
            {
                return ready > 0;
            }

            ThrowUnlessInterrupted("ppoll");
            long passedMicros = (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            leftMicros = Math.Max(0, timeoutMicros - passedMicros);
        }
    }
}
