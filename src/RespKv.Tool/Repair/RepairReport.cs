using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Repair;

/// <summary>What a repair took, and what it left out.</summary>
internal sealed class RepairReport
{
    /// <summary>Enough to see the pattern; what is more is counted.</summary>
    private const int LinesMaxOfOneKind = 1000;

    private const int KeyBytesMax = 64;

    private readonly List<string> _taken = [];
    private readonly List<string> _leftOut = [];
    private long _leftOutMore;

    /// <summary>0, or how bad what was left out is.</summary>
    internal int ExitCode { get; private set; }

    internal IReadOnlyList<string> LeftOutLines => _leftOut;

    internal void Taken(string line) => _taken.Add(line);

    /// <summary>Something that had been durable is not in the new directory, or may not be what it was.</summary>
    internal void Lost(string line) => Add(line, ExitCodes.Corruption);

    /// <summary>Something that nobody had been told of.</summary>
    internal void Dropped(string line) => Add(line, ExitCodes.Warning);

    internal static string Key(ReadOnlySpan<byte> key) => ByteText.Quote(key, KeyBytesMax);

    internal IEnumerable<string> Lines(string source, CheckReport found)
    {
        yield return $"respkv repair of {source}";
        yield return "";
        yield return "What was found there:";
        foreach (Finding finding in found.Findings)
        {
            yield return $"  {finding.Place}{finding.Text}";
        }

        yield return "";
        yield return "What was taken:";
        foreach (string line in _taken)
        {
            yield return $"  {line}";
        }

        yield return "";
        yield return _leftOut.Count == 0 ? "Nothing was left out." : "What was left out:";
        foreach (string line in _leftOut)
        {
            yield return $"  {line}";
        }

        if (_leftOutMore > 0)
        {
            yield return $"  and {_leftOutMore} more";
        }
    }

    private void Add(string line, int exitCode)
    {
        ExitCode = Math.Max(ExitCode, exitCode);
        if (_leftOut.Count < LinesMaxOfOneKind)
        {
            _leftOut.Add(line);
        }
        else
        {
            _leftOutMore++;
        }
    }
}
