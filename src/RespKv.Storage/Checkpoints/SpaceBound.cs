namespace RespKv.Storage.Checkpoints;

/// <summary>
/// How many bytes all tables together may have, against what the live data would take in them. Shown by a test under random writes.
/// </summary>
/// <remarks>
/// Let <c>live</c> be the most that the live data takes while a merge runs, <c>t</c> the target size of a table. Assumed: a
/// checkpoint step writes at most a table of <c>t</c>, and while a merge is due (<see cref="CompactionPicker.IsUrgent"/>) every
/// such step is followed by one of the merge.
/// <list type="number">
/// <item>A merge into the base begins when the tables exceed <c>2 live + 4 t</c> at the latest, so they have at most
/// <c>2 live + 5 t</c> then.</item>
/// <item>It writes at most <c>live</c>, in at most <c>live / t + 1</c> steps, for at the bottom one version of each live key is left.</item>
/// <item>Meanwhile checkpoints add at most <c>live + t</c>: together <c>4 live + 6 t</c>. The base tables that were replaced
/// go with each step, the merged runs at the end, which leaves <c>2 live + t</c>.</item>
/// <item>A merge of a tier needs the room of its input a second time until it ends, and as much comes from checkpoints. It is begun
/// only while the upper runs <c>u</c> are no more than half of the base <c>b</c>, or <c>4 t</c>: <c>b + 3 u</c>, which with
/// <c>b + u</c> at most <c>2 live + 4 t</c> is at most <c>3.4 live + 12 t</c>.</item>
/// </list>
/// So <c>4 live + 12 t</c>, and 2 live or less at rest. Tables that a reader or a backup still holds come on top. When the picker
/// is not told how much is live it judges by the average entry of the base: then the same holds as long as the values that are
/// overwritten or deleted are not larger than the average.
/// </remarks>
public static class SpaceBound
{
    /// <summary>
    /// What an entry takes beside key and value at most, in table blocks, their index and the filter: some 10 bytes of lengths, up
    /// to 10 of expiry, 4 of space, 2 of filter; the rest is the share of block and index.
    /// </summary>
    public const int EntryBytesMax = 40;

    /// <summary>Dead bytes are allowed up to the live ones ...</summary>
    private const int BytesPerLiveByteAtRest = 2;

    private const int BytesPerLiveByte = 4;

    /// <summary>... and up to this many tables more, so that little data is not merged all the time.</summary>
    private const int FloorTables = 4;

    private const int SlackTables = 12;

    /// <summary>An upper bound of what so many live keys take in tables. Without compression; with it they take less.</summary>
    public static long LiveBytesMax(long keys, long keyAndValueBytes) => keyAndValueBytes + (keys * EntryBytesMax);

    /// <summary>The bound, with the default sizes.</summary>
    /// <param name="liveBytes">See <see cref="LiveBytesMax"/>; the most of the time that a merge takes.</param>
    public static long TableBytesMax(long liveBytes) => TableBytesMax(liveBytes, new CheckpointOptions());

    /// <summary>The bound.</summary>
    public static long TableBytesMax(long liveBytes, CheckpointOptions options)
        => (BytesPerLiveByte * liveBytes) + (SlackTables * options.TableBytesTarget);

    /// <summary>Upper runs up to here are never merged into the base for their size.</summary>
    internal static long FloorBytes(CheckpointOptions options) => FloorTables * options.TableBytesTarget;

    /// <summary>More than this, and all runs are merged into the base.</summary>
    internal static long MergeAboveBytes(long liveBytes, CheckpointOptions options)
        => liveBytes > long.MaxValue / (2 * BytesPerLiveByteAtRest) ? long.MaxValue : (BytesPerLiveByteAtRest * liveBytes) + FloorBytes(options);
}
