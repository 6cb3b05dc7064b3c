namespace RespKv.Engine.Configuration;

/// <summary>When a write counts as done. Only <see cref="Always"/> keeps the promise of docs/DURABILITY.md (D10).</summary>
public enum AppendFsync
{
    /// <summary>A reply leaves after the sync of everything that it tells (D1).</summary>
    Always,

    /// <summary>Replies leave at once; a sync every <see cref="ServerConfig.AppendFsyncIntervalMillis"/>.</summary>
    EverySec,

    /// <summary>Replies leave at once; the operating system decides when to write.</summary>
    No,
}
