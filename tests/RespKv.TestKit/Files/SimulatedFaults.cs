using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

/// <summary>Faults that wait for their call. Guarded by the file system's lock.</summary>
internal sealed class SimulatedFaults
{
    private readonly List<Fault> _faults = [];
    private readonly List<(string PathPart, long Bit)> _flips = [];
    private RandomFaults? _plan;

    /// <summary>Calls that failed because of them, and reads that showed a wrong bit.</summary>
    internal long Met { get; private set; }

    /// <summary>Draws what a failed call left behind; null without a plan.</summary>
    internal Random? Random => _plan?.Random;

    internal void Add(FileOperation operation, long call, Errno errno, string pathPart, bool forGood)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(call, 1);
        _faults.Add(new Fault(operation, errno, pathPart, forGood) { Left = call });
    }

    internal void AddFlip(string pathPart, long bit) => _flips.Add((pathPart, bit));

    internal void Carry(FaultPlan plan) => _plan = new RandomFaults(plan);

    internal void Clear()
    {
        _faults.Clear();
        _flips.Clear();
        _plan = null;
    }

    /// <summary>The error that this call meets, or None.</summary>
    internal Errno Check(FileOperation operation, string path, FileOpenKind? kind = null)
    {
        Errno result = _plan?.Check(operation, path, kind) ?? Errno.None;
        for (int index = 0; index < _faults.Count; index++)
        {
            Fault fault = _faults[index];
            if (!fault.Matches(operation, path) || --fault.Left > 0)
            {
                continue;
            }

            result = fault.Errno;
            if (!fault.ForGood)
            {
                _faults.RemoveAt(index--);
            }
        }

        Met += result == Errno.None ? 0 : 1;
        return result;
    }

    /// <summary>Flips a bit of what was read, when one waits for this.</summary>
    internal void FlipRead(string path, Span<byte> bytes)
    {
        int index = _flips.Count == 0 || bytes.IsEmpty ? -1 : _flips.FindIndex(flip => path.Contains(flip.PathPart, StringComparison.Ordinal));
        long bit = index >= 0 ? _flips[index].Bit : _plan?.Flip(path, bytes.Length) ?? -1;
        if (index >= 0)
        {
            _flips.RemoveAt(index);
        }

        if (bit >= 0)
        {
            Met++;
            bytes[(int)(bit / 8 % bytes.Length)] ^= (byte)(1 << (int)(bit % 8));
        }
    }

    private sealed record Fault(FileOperation Operation, Errno Errno, string PathPart, bool ForGood)
    {
        /// <summary>Matching calls up to the one that fails.</summary>
        internal long Left { get; set; }

        internal bool Matches(FileOperation operation, string path)
        {
            return (Operation == FileOperation.Any || Operation == operation) && path.Contains(PathPart, StringComparison.Ordinal);
        }
    }
}
