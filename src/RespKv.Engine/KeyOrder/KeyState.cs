namespace RespKv.Engine.KeyOrder;

/// <summary>What the log says last about a key. One number, so that a million of them are small: not negative is an expiry.</summary>
internal readonly record struct KeyState(long Number)
{
    public static readonly KeyState Deleted = new(-2);

    /// <summary>It is there; when it expires, if it does, is not known.</summary>
    public static readonly KeyState Alive = new(-1);

    public static KeyState ExpiringAt(long millis) => millis < 0 ? Alive : new KeyState(millis);

    /// <summary>Whether the key may have been there at a time (Unix milliseconds).</summary>
    public bool MayExistAt(long nowMillis) => Number == Alive.Number || Number >= nowMillis;
}
