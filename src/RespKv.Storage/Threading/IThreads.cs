namespace RespKv.Storage.Threading;

/// <summary>
/// The door to threads and to waiting for one another, as <see cref="Files.IFileSystem"/> is the one to files: whoever implements it
/// decides which thread runs when, so that a simulation can repeat a run. Short locks (<c>lock</c>) do not go through it: nobody waits
/// in one, neither for a file nor for a thread.
/// </summary>
public interface IThreads
{
    /// <summary>How many threads are worth starting for one task.</summary>
    int Parallelism { get; }

    /// <summary>Starts a background thread. The body does not throw.</summary>
    IThread Start(string name, Action body);

    /// <summary>Has something short run soon on a thread that the caller does not wait for. It does not throw.</summary>
    void Post(Action<object?> work, object? state);

    /// <summary>Lets the calling thread stand back behind all others of the machine.</summary>
    /// <exception cref="Files.StorageException">A sandbox forbids it.</exception>
    void LowerPriority();

    IWakeEvent CreateWakeEvent();

    /// <summary>Takes a lock that is held across I/O. Not reentrant.</summary>
    void Enter(object gate);

    /// <summary>Gives back what <see cref="Enter"/> took.</summary>
    void Exit(object gate);

    /// <summary>Leaves the <c>lock</c> on the gate, waits for a pulse, and enters it again.</summary>
    /// <param name="gate">Locked once by the caller with <c>lock</c>.</param>
    /// <param name="timeoutMillis">-1: for ever.</param>
    /// <returns>False when the time is over.</returns>
    bool Wait(object gate, int timeoutMillis = Timeout.Infinite);

    /// <summary>Wakes all who wait for the gate. The caller has locked it.</summary>
    void PulseAll(object gate);
}
