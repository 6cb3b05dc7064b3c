using System.Diagnostics;

namespace RespKv.Exhaustive;

/// <summary>What was done so far.</summary>
internal sealed class Tally
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public long Sequences { get; set; }

    /// <summary>Calls to the disk in the runs without faults.</summary>
    public long Calls { get; set; }

    /// <summary>Calls before which a crash was looked at, those that changed nothing since the last one included.</summary>
    public long CrashPoints { get; set; }

    /// <summary>Disks that crashes left, equal ones included.</summary>
    public long Crashes { get; set; }

    /// <summary>Runs in which a call failed.</summary>
    public long Faults { get; set; }

    /// <summary>Disks that were recovered, compared, written to, and recovered after another power cut.</summary>
    public long Recoveries { get; set; }

    public long Failures { get; set; }

    public override string ToString()
        => $"{Sequences:N0} sequences, {Calls:N0} calls, {CrashPoints:N0} crash points, {Crashes:N0} crashes, {Faults:N0} injected errors, "
            + $"{Recoveries:N0} different disks recovered, {Failures:N0} failures, {_watch.Elapsed.TotalSeconds:N1} s";
}
