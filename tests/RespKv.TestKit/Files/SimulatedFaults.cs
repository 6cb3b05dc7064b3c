using RespKv.Storage.Files;

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

/// <summary>Faults that wait for their call, and counts of calls. Guarded by the file system's lock.</summary>
internal sealed class SimulatedFaults
{
    private readonly List<Fault> _faults = [];
    private readonly Dictionary<FileOperation, long> _counts = [];

    internal long Count(FileOperation operation) => operation == FileOperation.Any ? _counts.Values.Sum() : _counts.GetValueOrDefault(operation);

    internal void Add(FileOperation operation, long call, Errno errno, string pathPart, bool forGood)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(call, 1);
        _faults.Add(new Fault(operation, errno, pathPart, forGood) { Left = call });
    }

    internal void Clear() => _faults.Clear();

    internal void CountCall(FileOperation operation) => _counts[operation] = _counts.GetValueOrDefault(operation) + 1;

    /// <summary>The error that this call meets, or None.</summary>
    internal Errno Check(FileOperation operation, string path)
    {
        Errno result = Errno.None;
        foreach (Fault fault in _faults.Where(fault => fault.Matches(operation, path)).ToList())
        {
            fault.Left--;
            if (fault.Left > 0)
            {
                continue;
            }

            result = fault.Errno;
            if (!fault.ForGood)
            {
                _faults.Remove(fault);
            }
        }

        return result;
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
