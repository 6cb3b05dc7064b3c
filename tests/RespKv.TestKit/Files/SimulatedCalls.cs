using RespKv.Storage.Files;

namespace RespKv.TestKit.Files;

/// <summary>What every call to a simulated disk goes through: it is counted, announced, and then, under the lock, fails or goes on.</summary>
internal sealed class SimulatedCalls
{
    // By operation; counted without the lock.
    private readonly long[] _counts = new long[Enum.GetValues<FileOperation>().Length];

    internal SimulatedCalls() => Hold = new SimulatedHold(Gate);

    /// <summary>Guards the faults, the hold, and all names and inodes of the disk.</summary>
    internal object Gate { get; } = new();

    internal SimulatedFaults Faults { get; } = new();

    internal SimulatedHold Hold { get; }

    internal Action<FileOperation, string>? Calling { get; set; }

    internal long Count(FileOperation operation) => operation == FileOperation.Any ? _counts.Sum() : Interlocked.Read(ref _counts[(int)operation]);

    /// <summary>Outside of the lock.</summary>
    internal void Announce(FileOperation operation, string path)
    {
        Interlocked.Increment(ref _counts[(int)operation]);
        Calling?.Invoke(operation, path);
    }

    /// <summary>Under the lock.</summary>
    internal void Check(FileOperation operation, string name, string path, FileOpenKind? kind = null)
    {
        Errno error = Faults.Check(operation, path, kind);
        if (error != Errno.None)
        {
            throw new StorageException(name, path, error);
        }
    }
}
