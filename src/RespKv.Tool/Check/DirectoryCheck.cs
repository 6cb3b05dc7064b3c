using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;
using RespKv.Tool.Output;

namespace RespKv.Tool.Check;

/// <summary>
/// Reads everything in a data directory. Start-up is rehearsed by its own code; where that stops at the first problem, the
/// files are read on to name the others. Changes nothing.
/// </summary>
internal sealed class DirectoryCheck
{
    /// <summary>
    /// A server at work renames and deletes files under the reader, and a batch that is just being written looks torn: what
    /// is read twice alike is believed.
    /// </summary>
    private const int AttemptsMax = 5;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly IProgressBar _progress;
    private readonly CancellationToken _cancel;
    private readonly FindingList _findings = new();

    private DirectoryCheck(IFileSystem files, string directory, IProgressBar progress, CancellationToken cancel)
    {
        _files = files;
        _directory = directory;
        _progress = progress;
        _cancel = cancel;
    }

    /// <exception cref="StorageException">The directory cannot be read.</exception>
    internal static CheckReport Run(IFileSystem files, string directory, IProgressBar progress, CancellationToken cancel)
    {
        bool isLive = DirectoryUse.IsLocked(files, directory);
        StartupRefusal? refusedBefore = null;
        for (int attempt = 1; ; attempt++)
        {
            bool isLast = !isLive || attempt == AttemptsMax;
            try
            {
                CheckReport report = new DirectoryCheck(files, directory, progress, cancel).Run(isLive);
                if (isLast || report.Verdict.Refusal is null || report.Verdict.Refusal == refusedBefore)
                {
                    return report;
                }

                refusedBefore = report.Verdict.Refusal;
            }
            catch (StorageException e) when (e.Errno == Errno.ENOENT && !isLast)
            {
                // Retired or merged away between the listing and the reading.
            }
        }
    }

    private CheckReport Run(bool isLive)
    {
        StartupVerdict verdict = StartupRehearsal.Run(_files, _directory, _progress.Report, _cancel);
        if (verdict.Refusal is { } refusal)
        {
            long? lsn = refusal.Lsn > 0 ? refusal.Lsn : null;
            _findings.Add(Severity.Corruption, refusal.File, refusal.Offset, lsn, refusal.Problem);
        }

        ManifestState state = verdict.State ?? new ManifestCheck(_files, _directory, _findings).ReadOn(verdict.Refusal);
        if (verdict.Refusal is not null)
        {
            new TableCheck(_files, _directory, _findings, _cancel).ReadOn(state);
        }

        bool isLogRefused = verdict.Refusal is { } at && IsSegment(at.File);
        var log = new LogCheck(state.CheckpointLsn, verdict, isLogRefused, _findings);
        WalChainSummary chain = WalChain.Walk(_files, _directory, new WalStart(state.LogId, state.CheckpointLsn), log, _cancel);
        AddTornTails(verdict, isLive);
        AddNotes(verdict, state, isLive);
        return new CheckReport(_directory, isLive, verdict, chain, _findings.Sorted());
    }

    private void AddTornTails(StartupVerdict verdict, bool isLive)
    {
        // A server at work has a batch under way at any moment.
        Severity severity = isLive ? Severity.Note : Severity.Warning;
        foreach (WalTornTail torn in verdict.Log?.TornTails ?? [])
        {
            string what = torn.Bytes > 0
                ? $"a torn tail, {torn.Reason}: start-up would cut {torn.Bytes} bytes and keep them as {Path.GetFileName(torn.EvidenceFile)}"
                : $"a torn tail, {torn.Reason}: start-up would bring the file back to its size";
            _findings.Add(severity, torn.File, torn.Offset, torn.Lsn, what);
        }

        if (verdict.ManifestTornBytes > 0)
        {
            _findings.Add(
                severity, verdict.ManifestTornFile, verdict.ManifestTornOffset, null, $"a torn tail: start-up would leave out {verdict.ManifestTornBytes} bytes of an unfinished edit");
        }
    }

    private void AddNotes(StartupVerdict verdict, ManifestState state, bool isLive)
    {
        if (isLive)
        {
            _findings.Add(Severity.Note, "LOCK", null, null, "a server works in this directory: it was read while it changed");
        }

        foreach (string orphan in verdict.Orphans)
        {
            _findings.Add(Severity.Note, orphan, null, null, "left over from an unfinished step: start-up would delete it");
        }

        foreach (string name in _files.ListFiles(_directory))
        {
            string? text = DirectoryNames.Describe(name);
            if (text is not null)
            {
                _findings.Add(Severity.Note, name, null, null, text);
            }
        }

        if (verdict.Refusal is null && verdict.Databases > DirectoryNames.DatabasesDefault)
        {
            _findings.Add(Severity.Note, "", null, null, $"the server needs `databases {verdict.Databases}` at least");
        }

        if (state.CheckpointLsn == 0 && state.Tables.Count == 0 && verdict.Log is { LastLsn: 0 })
        {
            _findings.Add(Severity.Note, "", null, null, "there is no data");
        }
    }

    private static bool IsSegment(string path) => Path.GetFileName(path).StartsWith("wal-", StringComparison.Ordinal);
}
