namespace RespKv.TestKit.Files;

/// <summary>What can be made to fail, and is counted.</summary>
public enum FileOperation
{
    /// <summary>For faults: whichever comes.</summary>
    Any,

    Open,
    Read,
    Write,
    SyncData,
    SetLength,
    DropCache,
    Exists,
    CreateDirectory,
    ListFiles,
    Rename,
    Delete,
    SyncDirectory,
    LockDirectory,
    FreeBytes,
}
