namespace RespKv.Storage.Manifest;

/// <summary>What the tables in the directory stand for. Immutable, so any thread may read it.</summary>
public sealed class ManifestState
{
    /// <summary>Of a directory that never had a checkpoint.</summary>
    public static readonly ManifestState Empty = new(
        0, 0, ManifestFormat.FirstNumber, ManifestFormat.FirstSpace, new Dictionary<int, uint>(), [], []);

    // Never changed.
    private readonly Dictionary<long, TableInfo> _byNumber;
    private readonly HashSet<uint> _live;

    /// <param name="tables">In the order of <see cref="Tables"/>.</param>
    /// <param name="byNumber">The same tables; handed over.</param>
    internal ManifestState(
        ulong logId,
        long checkpointLsn,
        long nextFileNumber,
        uint nextSpace,
        Dictionary<int, uint> spaces,
        IReadOnlyList<TableInfo> tables,
        Dictionary<long, TableInfo> byNumber)
    {
        LogId = logId;
        CheckpointLsn = checkpointLsn;
        NextFileNumber = nextFileNumber;
        NextSpace = nextSpace;
        Spaces = spaces;
        Tables = tables;
        TableBytes = tables.Sum(table => table.FileBytes);
        _byNumber = byNumber;
        _live = [.. spaces.Values];
    }

    /// <summary>The log that the tables were made from; 0 before the first checkpoint.</summary>
    public ulong LogId { get; }

    /// <summary>Everything up to this LSN is in the tables; 0 before the first checkpoint.</summary>
    public long CheckpointLsn { get; }

    /// <summary>No table ever had this number or a higher one.</summary>
    public long NextFileNumber { get; }

    /// <summary>No database ever had this space or a higher one.</summary>
    public uint NextSpace { get; }

    /// <summary>Database to space. A database without one is empty in the tables.</summary>
    public IReadOnlyDictionary<int, uint> Spaces { get; }

    /// <summary>By level; within a level newest run first; within a run, and in the whole base, smallest key first.</summary>
    public IReadOnlyList<TableInfo> Tables { get; }

    /// <summary>Sizes of the files, summed.</summary>
    public long TableBytes { get; }

    /// <summary>False: the entries of that space are garbage.</summary>
    public bool IsLive(uint space) => _live.Contains(space);

    public TableInfo? Find(long number) => _byNumber.GetValueOrDefault(number);

    /// <summary>The state after an edit; this one stays as it is.</summary>
    /// <exception cref="ArgumentException">The edit contradicts the state or itself.</exception>
    public ManifestState With(ManifestEdit edit)
    {
        return ManifestRules.TryFold(this, ManifestRules.Complete(this, edit), out ManifestState? next, out string problem)
            ? next
            : throw new ArgumentException(problem, nameof(edit));
    }
}
