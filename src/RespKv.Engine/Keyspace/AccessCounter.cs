namespace RespKv.Engine.Keyspace;

/// <summary>
/// How often a key is used, in its 24 bits of access clock (Redis's LFU): 16 bits with the minute of the last change, 8 bits with a count. The
/// count grows the more slowly the higher it is, and goes down while the key is left alone. Guarded by the turn.
/// </summary>
internal sealed class AccessCounter(Func<Random> random)
{
    /// <summary>The count of a new key, so that it is not the first to go.</summary>
    public const int InitialCount = 5;

    private const int CountMax = 255;
    private const int CountBits = 8;
    private const uint MinutesMask = 0xFFFF;

    /// <summary>Directive <c>lfu-log-factor</c>.</summary>
    public int LogFactor { get; set; } = 10;

    /// <summary>Directive <c>lfu-decay-time</c>: minutes after which a count goes down by one, 0 for never.</summary>
    public int DecayMinutes { get; set; } = 1;

    /// <summary>Minutes of the wall clock, 16 bits of them.</summary>
    public uint NowMinutes { get; private set; }

    /// <summary>The clock of a new key.</summary>
    public uint Initial => Clock(InitialCount);

    public void SetNow(long nowMillis) => NowMinutes = (uint)(nowMillis / 60_000) & MinutesMask;

    /// <summary>A clock with that count, as of now.</summary>
    public uint Clock(int count) => (NowMinutes << CountBits) | (uint)Math.Clamp(count, 0, CountMax);

    /// <summary>The count of a clock, 0 to 255, as it has gone down by now.</summary>
    public int CountOf(uint clock)
    {
        int count = (int)(clock & CountMax);
        if (DecayMinutes == 0)
        {
            return count;
        }

        uint elapsedMinutes = (NowMinutes - (clock >> CountBits)) & MinutesMask;
        return (int)Math.Max(0, count - (elapsedMinutes / DecayMinutes));
    }

    /// <summary>The clock of a key that is used now.</summary>
    public uint Touched(uint clock)
    {
        int count = CountOf(clock);
        if (count < CountMax && random().NextDouble() < 1.0 / ((Math.Max(0, count - InitialCount) * (double)LogFactor) + 1))
        {
            count++;
        }

        return Clock(count);
    }
}
