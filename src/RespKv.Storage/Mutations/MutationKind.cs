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

    /// <summary>
    /// Elements of a collection get these values: known ones keep their place in the order, new ones go to its end. A missing key is
    /// created, the expiry stays.
    /// </summary>
    PutElements = 8,

    /// <summary>
    /// Elements of a collection are taken out, those that are there; a missing key stays missing. In the record that empties a
    /// collection a Delete follows, so that none is ever seen empty.
    /// </summary>
    RemoveElements = 9,
}
