namespace RespKv.Engine.Keyspace.Collections;

/// <summary>A node of a <see cref="SortedIndex"/>: its size is what it has directly, entries or children.</summary>
internal abstract class SortedNode
{
    /// <summary>Entries of a leaf, children of a branch.</summary>
    public int Size { get; protected set; }

    /// <summary>Entries below.</summary>
    public abstract long EntryCount { get; }

    /// <summary>The lowest entry below. Only when there is one.</summary>
    public abstract SortedEntry First { get; }

    /// <summary>The highest entry below. Only when there is one.</summary>
    public abstract SortedEntry Last { get; }

    /// <summary>Memory of this node alone.</summary>
    public abstract long Bytes { get; }

    /// <summary>So little in it that it should join a neighbour.</summary>
    public abstract bool IsUnderfull { get; }

    /// <summary>Takes all that <paramref name="next"/>, its right neighbour, has, if that leaves room enough. False: nothing happened.</summary>
    public abstract bool TryAbsorb(SortedNode next);
}
