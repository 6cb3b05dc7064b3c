namespace RespKv.Tool.Check;

/// <summary>Findings, each place once: what start-up says and what the reading on says is often the same.</summary>
internal sealed class FindingList
{
    private readonly List<Finding> _findings = [];

    /// <param name="severity">How bad it is.</param>
    /// <param name="file">Path or name.</param>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="lsn">What it is about.</param>
    /// <param name="text">What was found.</param>
    internal void Add(Severity severity, string file, long? offset, long? lsn, string text)
    {
        string name = Path.GetFileName(file);
        bool isKnown = _findings.Exists(known => known.File == name && known.Offset == offset && (offset is not null || known.Text == text));
        if (!isKnown)
        {
            _findings.Add(new Finding(severity, name, offset, lsn, text));
        }
    }

    /// <summary>A finding about this file is there.</summary>
    internal bool Names(string file, Severity atLeast)
        => _findings.Exists(known => known.File == Path.GetFileName(file) && known.Severity >= atLeast);

    internal IReadOnlyList<Finding> Sorted()
        => [.. _findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.File, StringComparer.Ordinal).ThenBy(finding => finding.Offset)];
}
