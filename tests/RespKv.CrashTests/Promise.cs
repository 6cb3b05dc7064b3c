using RespKv.CrashTests.Strikes;

namespace RespKv.CrashTests;

/// <summary>What a server under some setting has said it keeps.</summary>
internal static class Promise
{
    /// <summary>
    /// The end of the log may be gone. always keeps everything. Our weaker settings keep what the operating system has, which a
    /// SIGKILL does not touch. Redis promises less: under everysec it holds writes back in memory while a sync is under way.
    /// </summary>
    /// <param name="poweredOff">The disk has lost its power, or has failed.</param>
    public static bool AllowsLoss(Options options, StrikeKind kind, bool poweredOff)
        => options.AppendFsync != "always" && (poweredOff || kind is StrikeKind.ReadOnly or StrikeKind.Writeback || options.Server is not null);
}
