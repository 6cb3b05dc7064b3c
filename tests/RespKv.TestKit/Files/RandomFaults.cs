using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

/// <summary>A <see cref="FaultPlan"/> as it is carried out. Guarded by the file system's lock.</summary>
internal sealed class RandomFaults(FaultPlan plan)
{
    private int _left = plan.FaultsMax;
    private bool _isReadOnly;

    /// <summary>For what a failed call left behind.</summary>
    internal Random Random { get; } = new(plan.Seed);

    internal Errno Check(FileOperation operation, string path, FileOpenKind? kind)
    {
        if (!path.Contains(plan.PathPart, StringComparison.Ordinal))
        {
            return Errno.None;
        }

        if (_isReadOnly && FaultPlan.MayAnswer(Errno.EROFS, operation, kind))
        {
            return Errno.EROFS;
        }

        if (_left == 0 || Random.NextDouble() >= plan.Odds)
        {
            return Errno.None;
        }

        Errno errno = plan.Errnos[Random.Next(plan.Errnos.Count)];
        if (!FaultPlan.MayAnswer(errno, operation, kind))
        {
            return Errno.None;
        }

        _left--;
        _isReadOnly |= errno == Errno.EROFS;
        return errno;
    }

    /// <summary>A bit of the bytes that were read, or -1.</summary>
    internal long Flip(string path, int bytes)
    {
        bool flips = bytes > 0
            && plan.FlipOdds > 0
            && path.Contains(plan.PathPart, StringComparison.Ordinal)
            && Random.NextDouble() < plan.FlipOdds;
        return flips ? Random.NextInt64(bytes * 8L) : -1;
    }
}
