namespace RespKv.CrashTests.Checks;

/// <summary>What became of the numbered writes of a life.</summary>
internal sealed record SequenceVerdict
{
    /// <summary>Operations that the server acknowledged.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Different operations that clients other than their writer were shown.</summary>
    public long Shown { get; init; }

    public long LostAcknowledged { get; init; }

    /// <summary>Shown to a reader before the strike, or to the check after the strike before, and gone.</summary>
    public long LostShown { get; init; }

    /// <summary>Keys with a value that nobody ever wrote to them, and keys that nobody wrote.</summary>
    public long Damaged { get; init; }

    /// <summary>Writers whose keys are as no number of their operations, taken in order, leaves them: an operation is missing or there in part before one that is there.</summary>
    public long Partial { get; init; }

    /// <summary>The first thing that is wrong, for a human; empty when all is well.</summary>
    public string Example { get; init; } = "";

    public static SequenceVerdict operator +(SequenceVerdict one, SequenceVerdict other) => new()
    {
        Acknowledged = one.Acknowledged + other.Acknowledged,
        Shown = one.Shown + other.Shown,
        LostAcknowledged = one.LostAcknowledged + other.LostAcknowledged,
        LostShown = one.LostShown + other.LostShown,
        Damaged = one.Damaged + other.Damaged,
        Partial = one.Partial + other.Partial,
        Example = one.Example.Length > 0 ? one.Example : other.Example,
    };
}
