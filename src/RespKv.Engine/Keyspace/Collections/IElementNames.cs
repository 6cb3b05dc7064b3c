namespace RespKv.Engine.Keyspace.Collections;

/// <summary>Where the elements of a large collection lie: an address leads to its name. Guarded by the turn.</summary>
internal interface IElementNames
{
    /// <summary>The name's bytes where they are stored: valid until the next change.</summary>
    ReadOnlySpan<byte> Name(ulong address);
}
