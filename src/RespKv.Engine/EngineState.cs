namespace RespKv.Engine;

/// <summary>Where the engine is in its life.</summary>
public enum EngineState
{
    /// <summary>Recovery is running: commands are answered with -LOADING.</summary>
    Loading,

    Ready,

    /// <summary>Shutting down: nothing new is executed, what was accepted is synced and answered.</summary>
    Stopping,

    Stopped,

    /// <summary>A write or sync of the log failed (D3): no reply leaves any more.</summary>
    Failed,
}
