namespace RespKv.Storage.Wal;

/// <summary>
/// The log contradicts itself: something that had been durable is not there, or not what it was (D5). Nothing on disk
/// was changed, and the server must not start.
/// </summary>
public sealed class WalCorruptionException : IOException
{
    public WalCorruptionException(string file, long offset, long lsn, string problem, Exception? inner = null)
        : base(Text(file, offset, lsn, problem), inner)
    {
        File = file;
        Offset = offset;
        Lsn = lsn;
        Problem = problem;
    }

    /// <summary>Path of the segment.</summary>
    public string File { get; }

    /// <summary>Bytes from the start of that file.</summary>
    public long Offset { get; }

    /// <summary>The LSN that was expected there.</summary>
    public long Lsn { get; }

    /// <summary>What was expected, what was found, and why that is not a torn tail.</summary>
    public string Problem { get; }

    private static string Text(string file, long offset, long lsn, string problem)
    {
        string? directory = Path.GetDirectoryName(file);
        return $"the log is corrupt: {file}, offset {offset}, LSN {lsn}: {problem}. "
            + $"Nothing was changed. Run `respkv check {directory}`, or restore a backup.";
    }
}
