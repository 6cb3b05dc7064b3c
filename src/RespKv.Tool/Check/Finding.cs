namespace RespKv.Tool.Check;

/// <summary>How bad a finding is. The exit code of check is that of the worst one.</summary>
internal enum Severity
{
    /// <summary>Nothing to do.</summary>
    Note = ExitCodes.Fine,

    /// <summary>Start-up would go on, and cut something off that nobody was told of.</summary>
    Warning = ExitCodes.Warning,

    /// <summary>Start-up would refuse.</summary>
    Corruption = ExitCodes.Corruption,
}

/// <summary>Something worth saying about a file.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="File">Its name in the directory; empty for what is about the directory.</param>
/// <param name="Offset">Bytes from its start; null when it is about the whole file.</param>
/// <param name="Lsn">The LSN that it is about; null when none.</param>
/// <param name="Text">What was found.</param>
internal sealed record Finding(Severity Severity, string File, long? Offset, long? Lsn, string Text)
{
    internal string Place
    {
        get
        {
            string offset = Offset is { } bytes ? $", offset {bytes}" : "";
            string lsn = Lsn is { } number ? $", LSN {number}" : "";
            return File.Length == 0 ? "" : $"{File}{offset}{lsn}: ";
        }
    }
}
