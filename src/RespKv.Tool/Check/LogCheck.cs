using RespKv.Storage.Inspection;

namespace RespKv.Tool.Check;

/// <summary>
/// Hears the whole log and names what start-up did not get to: further holes, damaged headers, and damage in segments that
/// the checkpoint has made superfluous.
/// </summary>
internal sealed class LogCheck(long checkpointLsn, StartupVerdict verdict, bool isLogRefused, FindingList findings) : IWalVisitor
{
    private WalFileFacts? _segment;

    public void Segment(WalFileFacts facts)
    {
        _segment = facts;
        if (facts.HeaderProblem is { } problem && (isLogRefused || verdict.Log is null))
        {
            findings.Add(isLogRefused ? Severity.Corruption : Severity.Warning, facts.Path, 0, facts.NameLsn, problem);
        }
    }

    public void Batch(WalFileWalk walk, WalStanding standing)
    {
        // In its place; nothing to say.
    }

    public void Damage(WalFileWalk walk)
    {
        // Torn, or the rest of an older life: told as a hole or a torn tail when it matters.
    }

    public void Hole(WalHole hole)
    {
        string text = $"LSN {hole.FirstLsn} to {hole.LastLsn} are missing, found {hole.Problem}";
        if (hole.LastLsn <= checkpointLsn)
        {
            findings.Add(Severity.Note, hole.File, hole.Offset, hole.FirstLsn, text + ": all of it is in the checkpoint");
        }
        else if (isLogRefused || verdict.Log is null)
        {
            bool isUnclear = verdict.Log is null && !isLogRefused;
            findings.Add(isUnclear ? Severity.Warning : Severity.Corruption, hole.File, hole.Offset, hole.FirstLsn, text);
        }
    }
}
