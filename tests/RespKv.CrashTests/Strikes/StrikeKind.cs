namespace RespKv.CrashTests.Strikes;

/// <summary>How and when a life is ended. The names are those of --strike.</summary>
internal enum StrikeKind
{
    /// <summary>SIGKILL at a random moment of the load.</summary>
    Kill,

    /// <summary>The power of the disk is cut at a random moment of the load.</summary>
    Power,

    /// <summary>While the server recovers from a strike it is struck again, several times in a row.</summary>
    Recovery,

    /// <summary>While it starts for the first time, on an empty directory, several times in a row.</summary>
    First,

    /// <summary>While it makes a checkpoint or merges tables.</summary>
    Checkpoint,

    /// <summary>A moment after SIGTERM or SHUTDOWN.</summary>
    Shutdown,

    /// <summary>SIGKILL, restart, everything is read, and then the power is cut: what was recovered from the cache and shown has to stay.</summary>
    Recovered,

    /// <summary>The disk has been full for a while.</summary>
    Full,

    /// <summary>The disk goes away under the running server: reads, writes and syncs fail with EIO.</summary>
    Gone,

    /// <summary>The file system finds an error and makes itself read-only: writes and syncs fail with EROFS.</summary>
    ReadOnly,

    /// <summary>The device under the file system fails: writes go to the cache, and the sync after them says EIO.</summary>
    Writeback,
}

internal static class StrikeKinds
{
    public static IReadOnlyList<StrikeKind> All { get; } = Enum.GetValues<StrikeKind>();

    /// <summary>These need a disk of their own to be done at all; the others do with SIGKILL where there is none.</summary>
    public static bool NeedsDisk(this StrikeKind kind) => kind
        is StrikeKind.Power or StrikeKind.Recovered or StrikeKind.Full or StrikeKind.Gone or StrikeKind.ReadOnly or StrikeKind.Writeback;

    /// <summary>These have their means in themselves; the others are done by SIGKILL and by power cut in turn.</summary>
    public static bool HasBothMeans(this StrikeKind kind) => kind is StrikeKind.Recovery or StrikeKind.First or StrikeKind.Checkpoint or StrikeKind.Shutdown or StrikeKind.Full;
}
