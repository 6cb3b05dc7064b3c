namespace RespKv.Engine.Recovery;

/// <summary>What recovery reads at the moment.</summary>
internal enum RecoveryPhase
{
    None,
    Tables,
    Log,
    Done,
}
