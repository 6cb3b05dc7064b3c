namespace RespKv.Storage;

/// <summary>A file contradicts what had been durable, or itself (D5). Nothing on disk was changed, and the server must not start.</summary>
public abstract class CorruptionException : IOException
{
    /// <param name="what">What is corrupt, in a word.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="place">What else says where, after a comma; may be empty.</param>
    /// <param name="problem">What was expected, and what was found.</param>
    /// <param name="inner">What showed it, if that was an exception.</param>
    protected CorruptionException(string what, string file, long offset, string place, string problem, Exception? inner)
        : base(
            $"the {what} is corrupt: {file}, offset {offset}{place}: {problem}. "
                + $"Nothing was changed. Run `respkv check {Path.GetDirectoryName(file)}`, or restore a backup.",
            inner)
    {
        File = file;
        Offset = offset;
        Problem = problem;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>Bytes from the start of that file: where the damaged part begins.</summary>
    public long Offset { get; }

    /// <summary>What was expected, and what was found.</summary>
    public string Problem { get; }
}
