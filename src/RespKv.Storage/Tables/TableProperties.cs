namespace RespKv.Storage.Tables;

/// <summary>What a table says about itself.</summary>
/// <param name="FileBytes">Size of the file.</param>
/// <param name="Entries">All entries, tombstones and patches included.</param>
/// <param name="Tombstones">How many of them are deletions.</param>
/// <param name="Patches">How many of them are partial changes.</param>
/// <param name="FirstLsn">First LSN of the part of the log that was folded into the table.</param>
/// <param name="LastLsn">Last LSN of it.</param>
/// <param name="SmallestKey">First table key; empty in an empty table.</param>
/// <param name="LargestKey">Last table key; empty in an empty table.</param>
/// <param name="Compression">What the writer was told to use.</param>
/// <param name="RawBytes">Bytes of all table keys, values and patches, as they were handed to the writer.</param>
public sealed record TableProperties(
    long FileBytes,
    long Entries,
    long Tombstones,
    long Patches,
    long FirstLsn,
    long LastLsn,
    byte[] SmallestKey,
    byte[] LargestKey,
    TableCompression Compression,
    long RawBytes);
