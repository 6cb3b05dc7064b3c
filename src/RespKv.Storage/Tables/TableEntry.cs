using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>What a table says about a key. The numbers are on disk: never changed or used again.</summary>
public enum TableEntryKind : byte
{
    /// <summary>The key was deleted: older tables have nothing to say about it.</summary>
    Tombstone = 0,

    /// <summary>The whole value.</summary>
    Value = 1,

    /// <summary>Changes of a value that was not known when they were folded; see <see cref="Patch"/>.</summary>
    Patch = 2,
}

/// <summary>One entry without its key. The bytes belong to whoever made it; a cursor's are valid until its next move.</summary>
public readonly ref struct TableEntry
{
    /// <summary><see cref="Type"/> of a string.</summary>
    public const byte StringType = 1;

    public TableEntry(TableEntryKind kind, byte type, long expireAtMillis, ReadOnlySpan<byte> bytes)
    {
        Kind = kind;
        Type = type;
        ExpireAtMillis = expireAtMillis;
        Bytes = bytes;
    }

    public TableEntryKind Kind { get; }

    /// <summary>Type of the value, 1 is a string, others are <see cref="ElementTypes"/>; 0 unless <see cref="TableEntryKind.Value"/>.</summary>
    public byte Type { get; }

    /// <summary>Unix milliseconds, or -1 for none. Only of a value.</summary>
    public long ExpireAtMillis { get; }

    /// <summary>The value or the patch; empty for a tombstone.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Of a value: its type is one, and its bytes can be of that type. A collection has an element at least.</summary>
    internal bool IsValueWellFormed => ElementTypes.Contains(Type) ? ElementReader.AreElements(Bytes) : Type != 0;
}
