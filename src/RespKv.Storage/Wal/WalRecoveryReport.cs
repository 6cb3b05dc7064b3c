namespace RespKv.Storage.Wal;

/// <summary>Something behind the end of the log that was moved aside before its place was used again (D5, D9).</summary>
/// <param name="File">The segment file.</param>
/// <param name="Offset">Where the log ends in it: the first byte that was moved aside.</param>
/// <param name="Lsn">The LSN that the next record gets.</param>
/// <param name="Bytes">How many bytes were moved aside. 0: the file merely ended early.</param>
/// <param name="EvidenceFile">Where they are now; empty when there were none.</param>
/// <param name="Reason">What was found there.</param>
public sealed record WalTornTail(string File, long Offset, long Lsn, long Bytes, string EvidenceFile, string Reason);

/// <summary>What recovery found.</summary>
/// <param name="Segments">Segment files of the log.</param>
/// <param name="Batches">Valid batches, seals included.</param>
/// <param name="Records">Records that were applied.</param>
/// <param name="Bytes">Bytes of those batches.</param>
/// <param name="LastLsn">0 when the log is empty.</param>
/// <param name="CleanShutdown">The log ends with a seal: it was closed in order.</param>
/// <param name="TornTails">Empty after a clean shutdown, and after most crashes.</param>
public sealed record WalRecoveryReport(
    int Segments,
    long Batches,
    long Records,
    long Bytes,
    long LastLsn,
    bool CleanShutdown,
    IReadOnlyList<WalTornTail> TornTails);
