namespace RespKv.Engine.Observation;

/// <summary>Memory of the server at one moment, for INFO and MEMORY. Taken inside the turn. All in bytes.</summary>
internal sealed class MemoryFigures
{
    /// <summary>Cells of the slabs that hold entries.</summary>
    public long EntryBytes { get; private init; }

    /// <summary>Keys and values that are too long for a cell.</summary>
    public long LargeBytes { get; private init; }

    /// <summary>Indexes of all databases.</summary>
    public long IndexBytes { get; private init; }

    /// <summary>Parts of slabs that hold nothing; what was never touched of it is not resident.</summary>
    public long UnusedSlabBytes { get; private init; }

    /// <summary>Everything on the managed heap, slabs and garbage included.</summary>
    public long HeapBytes { get; private init; }

    /// <summary>What the runtime has claimed from the system for the heap.</summary>
    public long CommittedBytes { get; private init; }

    /// <summary>Memory of the process that is in RAM.</summary>
    public long ResidentBytes { get; private init; }

    /// <summary>What the runtime takes for the machine's memory: the container's limit where there is one.</summary>
    public long SystemBytes { get; private init; }

    /// <summary>used_memory when the server started.</summary>
    public long StartupBytes { get; private init; }

    /// <summary>The highest used_memory that was seen.</summary>
    public long PeakBytes { get; private init; }

    /// <summary>used_memory: the heap without the free parts of the slabs.</summary>
    public long UsedBytes { get; private init; }

    /// <summary>What the data needs: keys, values and their share of pages.</summary>
    public long DatasetBytes => EntryBytes + LargeBytes;

    public long OverheadBytes => Math.Max(0, UsedBytes - DatasetBytes);

    /// <summary>Share of the data in what was allocated since the start, as Redis computes it.</summary>
    public double DatasetPercent => Math.Min(100, 100.0 * DatasetBytes / Math.Max(1, UsedBytes - StartupBytes));

    public double FragmentationRatio => (double)ResidentBytes / Math.Max(1, UsedBytes);

    public static MemoryFigures Take(RespEngine engine)
    {
        Keyspace.KeyspaceMemory keyspace = engine.Databases.Memory;
        GCMemoryInfo heap = GC.GetGCMemoryInfo();
        long used = Used(engine);
        engine.Stats.NoteUsedMemory(used);
        return new MemoryFigures
        {
            EntryBytes = keyspace.EntryBytes,
            LargeBytes = keyspace.LargeBytes,
            IndexBytes = keyspace.IndexBytes,
            UnusedSlabBytes = UnusedSlab(keyspace),
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
            CommittedBytes = heap.TotalCommittedBytes,
            ResidentBytes = Environment.WorkingSet,
            SystemBytes = heap.TotalAvailableMemoryBytes,
            StartupBytes = engine.Stats.StartupMemoryBytes,
            PeakBytes = engine.Stats.UsedMemoryPeakBytes,
            UsedBytes = used,
        };
    }

    /// <summary>used_memory. The caller holds the turn.</summary>
    public static long Used(RespEngine engine)
    {
        Keyspace.KeyspaceMemory keyspace = engine.Databases.Memory;
        return Math.Max(keyspace.UsedBytes, GC.GetTotalMemory(forceFullCollection: false) - UnusedSlab(keyspace));
    }

    private static long UnusedSlab(Keyspace.KeyspaceMemory keyspace)
        => Math.Max(0, keyspace.AllocatedBytes - keyspace.UsedBytes);
}
