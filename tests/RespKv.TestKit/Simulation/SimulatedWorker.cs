using System.Collections.Concurrent;

namespace RespKv.TestKit.Simulation;

/// <summary>A thread of the operating system that runs one simulated thread after another. Thousands of simulations share a few.</summary>
internal sealed class SimulatedWorker
{
    /// <summary>Generous: no simulated step takes so long. What is stuck holds a lock across a switch.</summary>
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentBag<SimulatedWorker> Idle = [];

    private readonly Baton _turn = new();
    private readonly Baton _work = new();
    private Action? _body;

    private SimulatedWorker()
    {
        new Thread(Loop) { IsBackground = true, Name = "simulated" }.Start();
    }

    /// <summary>Takes an idle one, or makes one. It runs the body when it is first given the turn.</summary>
    public static SimulatedWorker Take(Action body)
    {
        if (!Idle.TryTake(out SimulatedWorker? worker))
        {
            worker = new SimulatedWorker();
        }

        worker._body = body;
        worker._work.Give();
        return worker;
    }

    /// <summary>Lets it go on. Another thread calls this.</summary>
    public void GiveTurn() => _turn.Give();

    /// <summary>Blocks this worker's thread until it is its turn.</summary>
    public void AwaitTurn()
    {
        if (!_turn.Take(StuckAfter))
        {
            throw new InvalidOperationException("no simulated thread gave the turn on: one of them is stuck in a lock that another holds across a switch");
        }
    }

    private void Loop()
    {
        while (true)
        {
            _work.Take(Timeout.InfiniteTimeSpan);
            AwaitTurn();
            _body!();
            _body = null;
            Idle.Add(this);
        }
    }
}
