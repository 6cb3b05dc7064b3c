using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;

namespace RespKv.Engine.KeyOrder;

/// <summary>What the key order needs of the data directory. Any thread; the turn is not held.</summary>
internal interface ICheckpointView
{
    /// <summary>What is in the log up to it can be read back, durable or not. Moves only at the ends of batches.</summary>
    long WrittenLsn { get; }

    /// <summary>The tables as they are now. The caller disposes it.</summary>
    /// <exception cref="IOException">The server is stopping or loading.</exception>
    TableSnapshot Acquire();

    /// <summary>The log behind an LSN that no later checkpoint may have covered yet. The caller disposes it.</summary>
    /// <exception cref="IOException">The server is stopping or loading.</exception>
    WalTailReader OpenLog(long afterLsn);

    /// <summary>Has everything up to an LSN brought into the tables.</summary>
    Task CheckpointAsync(long lsn);
}
