namespace RespKv.Engine.KeyOrder;

/// <summary>The keys of one database in the sorted tables, in the order of a walk.</summary>
internal interface ITableKeys
{
    /// <summary>Whether it stands at a key.</summary>
    bool Valid { get; }

    /// <summary>Without the space; valid until the next move.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>What the tables say about it.</summary>
    KeyState State { get; }

    /// <summary>Bytes of its entry.</summary>
    long EntryBytes { get; }

    /// <summary>Goes to the first key that a walk over the range comes to.</summary>
    void Seek(KeyRange range);

    /// <summary>Goes one key on in the direction of that range.</summary>
    void Next();
}
