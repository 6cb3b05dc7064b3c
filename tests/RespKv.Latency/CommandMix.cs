namespace RespKv.Latency;

/// <summary>What is sent.</summary>
internal enum CommandMix
{
    Set,
    Get,

    /// <summary>Half of each, at random.</summary>
    Mixed,
}
