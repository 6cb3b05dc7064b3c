using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

/// <summary>
/// Faults at random calls, all from one seed. Only what Linux may answer to a call is drawn for it: ENOSPC where something
/// may grow, EROFS where something may change, EINTR from the syncs (the system's own files start every other call again),
/// EIO everywhere. After EROFS everything that changes the disk fails with it, as after an error that made ext4 read-only.
/// </summary>
public sealed record FaultPlan(int Seed)
{
    /// <summary>How likely a call fails.</summary>
    public double Odds { get; init; } = 0.01;

    /// <summary>How likely a read that goes well shows one bit wrong; the disk keeps the right one.</summary>
    public double FlipOdds { get; init; }

    public IReadOnlyList<Errno> Errnos { get; init; } = [Errno.EIO, Errno.ENOSPC, Errno.EROFS, Errno.EINTR];

    /// <summary>Only calls on paths that contain it.</summary>
    public string PathPart { get; init; } = "";

    /// <summary>After so many (a disk that has become read-only counts once) no more come.</summary>
    public int FaultsMax { get; init; } = int.MaxValue;

    /// <summary>Whether Linux may answer a call with the error. Without a kind, an open is one that creates.</summary>
    public static bool MayAnswer(Errno errno, FileOperation operation, FileOpenKind? kind = null) => errno switch
    {
        Errno.EINTR => operation is FileOperation.SyncData or FileOperation.SyncDirectory,
        Errno.ENOSPC => Changes(operation, kind) && operation != FileOperation.Delete && kind != FileOpenKind.OpenExisting,
        Errno.EROFS => Changes(operation, kind),
        _ => true,
    };

    private static bool Changes(FileOperation operation, FileOpenKind? kind) => operation switch
    {
        FileOperation.Open => kind != FileOpenKind.Read,
        FileOperation.Write or FileOperation.SetLength or FileOperation.Rename or FileOperation.Delete => true,
        FileOperation.SyncData or FileOperation.SyncDirectory => true,
        FileOperation.CreateDirectory or FileOperation.LockDirectory => true,
        _ => false,
    };
}
