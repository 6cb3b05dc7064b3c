using System.Diagnostics.CodeAnalysis;

namespace RespKv.Storage.Manifest;

/// <summary>A table that the manifest names. Immutable: nobody changes the keys' bytes.</summary>
/// <param name="Number">Names the file; never used twice.</param>
/// <param name="Level">0: made from the log; 1 to 6: merged; 7: base.</param>
/// <param name="Run">Tables of one run are disjoint and share this number; all of them are on one level.</param>
/// <param name="FirstLsn">First LSN of the stretch of log that was folded into it.</param>
/// <param name="LastLsn">Last LSN of that stretch.</param>
/// <param name="FileBytes">Size of the file.</param>
/// <param name="Entries">Tombstones and patches included.</param>
/// <param name="SmallestKey">Table key: space and key.</param>
/// <param name="LargestKey">Table key, the last one in the table.</param>
[SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Compared as spans all the time.")]
public sealed record TableInfo(
    long Number,
    int Level,
    long Run,
    long FirstLsn,
    long LastLsn,
    long FileBytes,
    long Entries,
    byte[] SmallestKey,
    byte[] LargestKey);
