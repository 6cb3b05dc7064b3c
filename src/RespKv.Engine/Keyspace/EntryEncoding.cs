namespace RespKv.Engine.Keyspace;

/// <summary>How an entry's value is stored. Three bits of the entry header, in memory only.</summary>
internal enum EntryEncoding : byte
{
    /// <summary>The bytes follow the key in the cell.</summary>
    Inline = 0,

    /// <summary>Eight bytes follow the key in the cell: an integer whose text is the value.</summary>
    Integer = 1,

    /// <summary>Key and value are in an array of <see cref="LargeValues"/>; the cell holds its number.</summary>
    Large = 2,

    /// <summary>Eight bytes follow the key in the cell: the number of a collection in <see cref="Collections.CollectionTable"/>.</summary>
    Object = 4,
}
