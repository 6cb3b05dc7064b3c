using RespKv.CrashTests.Checks;

namespace RespKv.CrashTests.Reports;

/// <summary>What one cycle did and found.</summary>
internal sealed record CycleResult
{
    public int Kills { get; init; }

    public int Cuts { get; init; }

    /// <summary>Errors of the disk, other than that it lost its power.</summary>
    public int DiskErrors { get; init; }

    /// <summary>Values that readers were shown.</summary>
    public long Reads { get; init; }

    public SequenceVerdict Sequences { get; init; } = new();

    /// <summary>Calls in the history, and whether it could be explained.</summary>
    public int HistoryCalls { get; init; }

    public int Violations { get; init; }

    /// <summary>Histories whose search was given up.</summary>
    public int Undecided { get; init; }

    /// <summary>Times that the server did not come up again, ended by itself, or took no writes although there was room again.</summary>
    public int Failures { get; init; }

    public TimeSpan Load { get; init; }

    public TimeSpan Recovery { get; init; }

    /// <summary>How the server met its end.</summary>
    public string Note { get; init; } = "";

    /// <summary>What is wrong, for a human; empty when all is well.</summary>
    public string Complaint { get; init; } = "";

    /// <summary>What holds under every setting: values are whole, histories can be explained, the server comes up and stays.</summary>
    public bool IsWhole => Sequences is { Damaged: 0, Partial: 0 } && Violations == 0 && Failures == 0;

    public bool IsKept => Sequences is { LostAcknowledged: 0, LostShown: 0 };
}
