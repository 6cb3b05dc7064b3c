using RespKv.TestKit.Files;

namespace RespKv.Simulation;

/// <summary>The disk as a crash at some moment has left it.</summary>
/// <param name="Files">After the crash.</param>
/// <param name="Before">What may be found on it.</param>
/// <param name="AtMillis">The clock then.</param>
/// <param name="Switch">The switch point, counted in its life.</param>
/// <param name="Where">What was about to be done.</param>
/// <param name="IsPowerCut">Not a SIGKILL.</param>
internal sealed record Probe(SimulatedFileSystem Files, Past Before, long AtMillis, int Switch, string Where, bool IsPowerCut);

/// <summary>What a recovery may find: one of the states of a life, from the earliest that a client knows of to the latest.</summary>
/// <param name="Ledger">That life's.</param>
/// <param name="Required">The earliest.</param>
/// <param name="RequiredAfterPowerCut">The earliest when the power is cut before it has been recovered: in the weaker modes a kill costs nothing, that may.</param>
/// <param name="Last">The latest.</param>
/// <param name="RequiredBy">The reply from which a client knows of the earliest.</param>
internal sealed record Past(Ledger Ledger, int Required, int RequiredAfterPowerCut, int Last, string RequiredBy);
