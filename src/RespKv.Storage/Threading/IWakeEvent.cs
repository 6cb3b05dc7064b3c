namespace RespKv.Storage.Threading;

/// <summary>Wakes one waiting thread. Any number may signal, one may wait; signals before a wait count as one.</summary>
public interface IWakeEvent : IDisposable
{
    /// <summary>What the caller wrote before is visible to the waiter when it wakes.</summary>
    void Signal();

    /// <summary>Waits for a signal and consumes it.</summary>
    /// <param name="timeoutMicros">-1: for ever. 0: does not wait.</param>
    /// <returns>True when signalled, false when the time is over.</returns>
    bool Wait(long timeoutMicros);
}
