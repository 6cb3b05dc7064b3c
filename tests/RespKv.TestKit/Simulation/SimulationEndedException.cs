namespace RespKv.TestKit.Simulation;

/// <summary>Unwinds the threads of a simulation that is over, as the end of a process would end them.</summary>
public sealed class SimulationEndedException : Exception
{
    public SimulationEndedException()
        : base("the simulated process has ended")
    {
    }
}
