namespace RespKv.Storage.Manifest;

/// <summary>
/// The manifest, or what it says about the tables, contradicts what had been durable (D5). Nothing on disk was changed,
/// and the server must not start.
/// </summary>
public sealed class ManifestCorruptionException : IOException
{
    public ManifestCorruptionException(string file, long offset, string problem, Exception? inner = null)
        : base(Text(file, offset, problem), inner)
    {
        File = file;
        Offset = offset;
        Problem = problem;
    }

    /// <summary>Path of the manifest, of CURRENT, or of the table that is not what the manifest says.</summary>
    public string File { get; }

    /// <summary>Bytes from the start of that file.</summary>
    public long Offset { get; }

    /// <summary>What was expected, and what was found.</summary>
    public string Problem { get; }

    private static string Text(string file, long offset, string problem)
    {
        string? directory = Path.GetDirectoryName(file);
        return $"the manifest is corrupt: {file}, offset {offset}: {problem}. "
            + $"Nothing was changed. Run `respkv check {directory}`, or restore a backup.";
    }
}
