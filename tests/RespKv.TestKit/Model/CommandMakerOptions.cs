namespace RespKv.TestKit.Model;

/// <summary>Which times a <see cref="CommandMaker"/> gives to keys.</summary>
public enum ExpiryKind
{
    None,

    /// <summary>Unix times centuries away (EXAT, PXAT, EXPIREAT): the moment of execution makes no difference.</summary>
    Far,

    /// <summary>Of every kind: a few milliseconds, seconds, days, times that have passed.</summary>
    Any,
}

/// <summary>What a <see cref="CommandMaker"/> makes.</summary>
public sealed record CommandMakerOptions
{
    /// <summary>Keys are k0 to k(n-1).</summary>
    public int Keys { get; init; } = 12;

    public int Databases { get; init; } = 3;

    public int ValueBytesMax { get; init; } = 20_000;

    /// <summary>One in so many values is of any length up to the bound, the others are short: long ones cost time.</summary>
    public int LongValueOdds { get; init; } = 12;

    /// <summary>MULTI blocks, WATCH, DISCARD, blocks that are refused.</summary>
    public bool Transactions { get; init; }

    public ExpiryKind Expiry { get; init; } = ExpiryKind.Any;

    /// <summary>Lists, sets, hashes and sorted sets too, under keys of their own most of the time.</summary>
    public bool Collections { get; init; }

    /// <summary>FLUSHDB, FLUSHALL, SWAPDB, DBSIZE, KEYS, RANDOMKEY.</summary>
    public bool WholeKeyspace { get; init; } = true;

    /// <summary>Commands that are refused: wrong numbers, unknown options, too few arguments.</summary>
    public bool Errors { get; init; } = true;

    /// <summary>Values of any bytes; otherwise printable ASCII.</summary>
    public bool BinaryValues { get; init; }

    /// <summary>Not empty: words end with it and a number, so that no two values are the same and a reader tells whose it sees.</summary>
    public string Tag { get; init; } = "";

    /// <summary>The clock's time, for times that are relative to it.</summary>
    public Func<long> NowMillis { get; init; } = () => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
