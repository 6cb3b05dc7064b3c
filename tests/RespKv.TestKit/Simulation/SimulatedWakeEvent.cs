using RespKv.Storage.Threading;

namespace RespKv.TestKit.Simulation;

/// <summary>The wake event of a simulation.</summary>
internal sealed class SimulatedWakeEvent(SimulatedThreads threads) : IWakeEvent
{
    private bool _signalled;

    public void Signal()
    {
        _signalled = true;
        threads.Wake(this);
    }

    public bool Wait(long timeoutMicros)
    {
        if (!_signalled && timeoutMicros != 0)
        {
            threads.Block(this, "wake", timeoutMicros);
        }

        bool signalled = _signalled;
        _signalled = false;
        return signalled;
    }

    public void Dispose()
    {
    }
}
