namespace RespKv.CrashTests.Strikes;

/// <summary>What ends the process.</summary>
internal enum Means
{
    /// <summary>SIGKILL: the operating system still has what it was given.</summary>
    Kill,

    /// <summary>The process and everything that is not on the disk are gone.</summary>
    Power,
}
