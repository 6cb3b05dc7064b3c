using RespKv.Storage.Checkpoints;
using RespKv.Storage.Manifest;

namespace RespKv.Tool.Check;

/// <summary>The names in a data directory that are neither manifest, table nor segment.</summary>
internal static class DirectoryNames
{
    /// <summary>What a server has unless it was told otherwise.</summary>
    internal const int DatabasesDefault = 16;

    /// <summary>What repair leaves beside what it could save.</summary>
    internal const string RepairReport = "REPAIR.txt";

    /// <summary>Null when there is nothing to say about such a file.</summary>
    internal static string? Describe(string name)
    {
        if (name.StartsWith("torn-", StringComparison.Ordinal))
        {
            return "evidence of an earlier recovery: what it cut off. Never read; an operator may remove it";
        }

        return IsOurs(name) ? null : "not a file of the server's: left alone";
    }

    /// <summary>A segment in the making, or one that waits to be used again.</summary>
    internal static bool IsSpare(string name)
        => name is "spare.log" or "spare-large.log" or CheckpointReserve.FileName || name.StartsWith("retired-", StringComparison.Ordinal);

    internal static bool IsSegment(string name)
        => name.StartsWith("wal-", StringComparison.Ordinal) && name.EndsWith(".log", StringComparison.Ordinal);

    private static bool IsOurs(string name)
        => name is "LOCK" or ManifestNames.Current or ManifestNames.CurrentTemporary or RepairReport
            || IsSpare(name)
            || IsSegment(name)
            || ManifestNames.TryParseManifest(name, out _)
            || ManifestNames.TryParseTable(name, out _);
}
