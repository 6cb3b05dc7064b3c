namespace RespKv.TestKit.Simulation;

/// <summary>Handed from one thread to another: who waits for it goes on when it was given, before or after.</summary>
internal sealed class Baton
{
    private readonly object _gate = new();
    private bool _given;

    public void Give()
    {
        lock (_gate)
        {
            _given = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <returns>False when it did not come in time.</returns>
    public bool Take(TimeSpan limit)
    {
        lock (_gate)
        {
            bool isTaken = _given || Monitor.Wait(_gate, limit);
            _given = false;
            return isTaken;
        }
    }
}
