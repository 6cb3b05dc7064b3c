using RespKv.Storage.Inspection;

namespace RespKv.Tool.Check;

/// <summary>What check found.</summary>
/// <param name="Directory">Full path.</param>
/// <param name="IsLive">A server works in it; what was read may be a moment old.</param>
/// <param name="Verdict">What start-up would do.</param>
/// <param name="Log">Where the log ends.</param>
/// <param name="Findings">Worst first.</param>
internal sealed record CheckReport(
    string Directory, bool IsLive, StartupVerdict Verdict, WalChainSummary Log, IReadOnlyList<Finding> Findings)
{
    internal int ExitCode => Findings.Count == 0 ? ExitCodes.Fine : (int)Findings.Max(finding => finding.Severity);
}
