namespace RespKv.Storage.Tables;

/// <summary>
/// A table is not what was written (D5): a bad checksum, a truncated file, or contents that contradict themselves.
/// Nothing of the damaged part was handed out.
/// </summary>
public sealed class TableCorruptionException : IOException
{
    public TableCorruptionException(string file, long offset, string problem, Exception? inner = null)
        : base(Text(file, offset, problem), inner)
    {
        File = file;
        Offset = offset;
        Problem = problem;
    }

    /// <summary>Path of the table.</summary>
    public string File { get; }

    /// <summary>Bytes from the start of the file: where the damaged block or field begins.</summary>
    public long Offset { get; }

    /// <summary>What was expected and what was found.</summary>
    public string Problem { get; }

    private static string Text(string file, long offset, string problem)
    {
        string? directory = Path.GetDirectoryName(file);
        return $"the table is corrupt: {file}, offset {offset}: {problem}. "
            + $"Nothing was changed. Run `respkv check {directory}`, or restore a backup.";
    }
}
