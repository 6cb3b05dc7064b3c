using RespKv.Storage.Threading;

namespace RespKv.Storage.Wal;

/// <summary>How the log is kept. None of this is needed to read one: a segment carries its own size.</summary>
/// <param name="SegmentBytes">Size of a new segment file; a multiple of a sector.</param>
/// <param name="PrepareSpare">Whether a background thread makes the next segment ahead of need. Off only where a test counts calls.</param>
/// <param name="NewLogId">The id of a log that is created; 0 draws one at random.</param>
/// <param name="RetiredSegmentsMax">Retired segments that are kept to be used again; the rest is deleted.</param>
public sealed record WalOptions(
    long SegmentBytes = WalOptions.SegmentBytesDefault,
    bool PrepareSpare = true,
    ulong NewLogId = 0,
    int RetiredSegmentsMax = WalOptions.RetiredSegmentsMaxDefault)
{
    /// <summary>Where the log's own thread comes from, and how its callers wait for one another.</summary>
    public IThreads Threads { get; init; } = SystemThreads.Instance;

    /// <summary>64 MiB: a switch costs a few syncs, so one in tens of thousands of batches; zero-writing one takes well under a second.</summary>
    public const long SegmentBytesDefault = 64L << 20;

    /// <summary>
    /// With segments of 64 MiB a checkpoint of 256 MiB of log finds all its segments again without writing a zero; more
    /// would be disk that holds nothing.
    /// </summary>
    public const int RetiredSegmentsMaxDefault = 4;

    internal void ThrowIfImpossible()
    {
        if (SegmentBytes is < WalFormat.SegmentBytesMin or > WalFormat.SegmentBytesMax || SegmentBytes % WalFormat.SectorBytes != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(SegmentBytes),
                $"a segment has {WalFormat.SegmentBytesMin} to {WalFormat.SegmentBytesMax} bytes, a multiple of {WalFormat.SectorBytes}");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(RetiredSegmentsMax);
    }
}
