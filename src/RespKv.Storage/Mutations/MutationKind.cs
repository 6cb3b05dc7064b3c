namespace RespKv.Storage.Mutations;

/// <summary>
/// The closed set of effects that the log knows: absolute and deterministic (D7). The numbers are the disk format: they
/// are never changed or used again, and a golden test freezes them.
/// </summary>
public enum MutationKind : byte
{
    /// <summary>The value and the expiry of a key become exactly these.</summary>
    Set = 1,

    /// <summary>Bytes written into a string value from an offset on; zero-extends, creates when missing, keeps the expiry.</summary>
    WriteRange = 2,

    Delete = 3,

    SetExpiry = 4,

    ClearDatabase = 5,

    ClearAll = 6,

    SwapDatabases = 7,
}
