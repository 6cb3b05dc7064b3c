namespace RespKv.Latency;

/// <summary>When requests are due: at even distances. Known for all of them beforehand, so that nothing the server does can move one.</summary>
/// <param name="Start">When the first is due.</param>
/// <param name="Interval">Nanoseconds between two.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct Schedule(long Start, double Interval, long Count)
{
    public long Due(long number) => Start + (long)(number * Interval);
}
