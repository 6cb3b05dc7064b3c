using System.Runtime.InteropServices;

namespace RespKv.Storage.Files;

/// <summary>
/// Threads that run for some microseconds at a time and on which clients wait. A busy neighbour (a client on the same machine) otherwise keeps
/// its processor for milliseconds after such a thread has become ready. Measured, see docs/adr/0008.
/// </summary>
public static class PromptThread
{
    /// <summary>The shortest slice that Linux gives: who asks for a short one runs before those with a longer one (6.12 and later; earlier kernels ignore it). Takes no privilege.</summary>
    private const ulong SliceNanos = 100_000;

    /// <summary>The kernel takes masks of whole words.</summary>
    private const int BitsPerWord = 64;

    private const nint SchedGetAttrX64 = 315;
    private const nint SchedSetAttrX64 = 314;
    private const nint SchedGetAttrArm64 = 275;
    private const nint SchedSetAttrArm64 = 274;

    /// <summary>Asks for short slices for the calling thread.</summary>
    /// <exception cref="StorageException">It was refused; a sandbox may.</exception>
    public static void Apply()
    {
        bool x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        var attributes = new Native.SchedulingAttributes();
        if (Native.SchedulerAttributes(x64 ? SchedGetAttrX64 : SchedGetAttrArm64, 0, ref attributes, Native.SchedulingAttributes.SizeBytes, 0) != 0)
        {
            throw new StorageException("sched_getattr", "", Native.LastError);
        }

        attributes.RuntimeNanos = SliceNanos;
        if (Native.SchedulerAttributes(x64 ? SchedSetAttrX64 : SchedSetAttrArm64, 0, ref attributes, 0, 0) != 0)
        {
            throw new StorageException("sched_setattr", "", Native.LastError);
        }
    }

    /// <summary>Has the calling thread run on these processors only.</summary>
    /// <param name="processors">Numbers of the operating system's, from 0; none: nothing changes.</param>
    /// <exception cref="StorageException">None of them is there for this process.</exception>
    public static void ConfineTo(IReadOnlyList<int> processors)
    {
        if (processors.Count == 0)
        {
            return;
        }

        byte[] mask = new byte[((processors.Max() / BitsPerWord) + 1) * sizeof(ulong)];
        foreach (int processor in processors)
        {
            mask[processor / 8] |= (byte)(1 << (processor % 8));
        }

        if (Native.SetAffinity(0, (nuint)mask.Length, ref mask[0]) != 0)
        {
            throw new StorageException("sched_setaffinity", "", Native.LastError);
        }
    }
}
