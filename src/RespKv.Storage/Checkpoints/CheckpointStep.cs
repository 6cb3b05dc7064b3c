namespace RespKv.Storage.Checkpoints;

/// <summary>What one step of a checkpoint did.</summary>
/// <param name="Lsn">Everything up to here is in tables now, durably.</param>
/// <param name="LogBytes">Bytes of log that were read.</param>
/// <param name="TableBytes">Size of the table that was written; 0 when nothing was left to write.</param>
/// <param name="Entries">Entries in it.</param>
/// <param name="SegmentsRetired">Segments that the log gave up.</param>
public readonly record struct CheckpointStep(long Lsn, long LogBytes, long TableBytes, long Entries, int SegmentsRetired);
