namespace RespKv.Simulation;

/// <summary>The promise was broken in a simulated run.</summary>
internal sealed class SimulationFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The life that had to be survived, from 1.</summary>
    public int Life { get; set; }

    /// <summary>The switch point of that life at which it was crashed, or something was found wrong; 0 at its end.</summary>
    public int Switch { get; set; }
}
