namespace RespKv.Engine.Keyspace;

/// <summary>
/// Where a key and its value are stored in one <see cref="Database"/>. Valid until the next call that changes that
/// database (setting an access clock is no such call); default means that there is no such key.
/// </summary>
internal readonly struct Entry
{
    internal Entry(ulong address)
    {
        Address = address;
    }

    public bool Exists => Address != 0;

    /// <summary>Slab address, in units of eight bytes.</summary>
    internal ulong Address { get; }
}
