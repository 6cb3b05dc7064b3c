namespace RespKv.Hosting;

/// <summary>What the process says when it ends. A supervisor may tell "do not restart" from "look at the disk" by them.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The server was not started: configuration, log file or listening address. With --ping: no healthy answer.</summary>
    public const int StartRefused = 1;

    /// <summary>The data directory could not be opened: locked, unreadable, or corrupt (D5). Nothing was changed in it.</summary>
    public const int DataRefused = 2;

    /// <summary>A write or sync of the log failed while running; nothing was acknowledged after it (D3).</summary>
    public const int StorageFailed = 3;
}
