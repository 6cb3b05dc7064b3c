using System.Text;
using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;
using RespKv.Tool.Backup;
using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Repair;

/// <summary>What the operator has said about a repair.</summary>
/// <param name="BeyondHoles">Take log records behind holes, too.</param>
/// <param name="Spaces">Database to space, for a directory without a manifest; empty when not told.</param>
/// <param name="SegmentBytes">Of the new log.</param>
internal sealed record RepairOptions(
    bool BeyondHoles, IReadOnlyDictionary<int, uint> Spaces, long SegmentBytes = WalOptions.SegmentBytesDefault);

/// <summary>
/// Writes a new data directory with all that can be proved of a damaged one. The damaged one is only read. The new one gets
/// its name when it is complete, durable, and has passed check.
/// </summary>
internal sealed class RepairRun : IWalReplay
{
    private readonly IFileSystem _files;
    private readonly string _source;
    private readonly RepairOptions _options;
    private readonly IProgressBar _progress;
    private readonly CancellationToken _cancel;
    private readonly RepairReport _report = new();

    private RepairRun(IFileSystem files, string source, RepairOptions options, IProgressBar progress, CancellationToken cancel)
    {
        _files = files;
        _source = source;
        _options = options;
        _progress = progress;
        _cancel = cancel;
    }

    /// <returns>What was left out, and what check says of the new directory.</returns>
    internal static (RepairReport Report, CheckReport Result) Run(
        IFileSystem files, string source, string target, RepairOptions options, IProgressBar progress, CancellationToken cancel)
    {
        if (DirectoryUse.IsLocked(files, source))
        {
            throw new ToolException($"a server works in {source}: stop it first");
        }

        var run = new RepairRun(files, source, options, progress, cancel);
        return run.Run(target);
    }

    void IWalReplay.Apply(long lsn, ReadOnlySpan<byte> record)
    {
        // The new log is empty.
    }

    void IWalReplay.Progress(in WalReplayProgress progress)
    {
        // The new log is empty.
    }

    private (RepairReport Report, CheckReport Result) Run(string targetPath)
    {
        CheckReport found = DirectoryCheck.Run(_files, _source, _progress, _cancel);
        SourceState state = new SourceStateFinder(_files, _source, _options.Spaces, _cancel).Find();
        TargetDirectory target = TargetDirectory.Create(_files, targetPath);
        Tell(found, state);
        Write(target.Partial, state);
        WriteReport(target.Partial, found);
        CheckReport result = DirectoryCheck.Run(_files, target.Partial, _progress, _cancel);
        if (result.ExitCode != ExitCodes.Fine)
        {
            Finding worst = result.Findings[0];
            throw new ToolException($"the new directory {target.Partial} does not pass check: {worst.Place}{worst.Text}", result.ExitCode);
        }

        target.Complete();
        return (_report, result with { Directory = targetPath });
    }

    private void Tell(CheckReport found, SourceState state)
    {
        _report.Taken($"tables as in {state.Origin}");
        foreach (string assumption in state.Assumptions)
        {
            _report.Lost($"not proved: {assumption}");
        }

        foreach (WalTornTail torn in found.Verdict.Log?.TornTails ?? [])
        {
            _report.Dropped($"{Path.GetFileName(torn.File)}, offset {torn.Offset}, LSN {torn.Lsn}: a torn tail of {torn.Bytes} bytes, {torn.Reason}");
        }
    }

    private void Write(string target, SourceState source)
    {
        ManifestState state = source.State;
        var salvage = new TableSalvage(_files, _source, target, _report, _cancel);
        List<TableInfo> tables;
        LogIndex log = LogIndex.Read(_files, _source, state.LogId, _cancel);
        ulong logId = state.LogId != 0 ? state.LogId : log.LogId;
        using (ManifestStore manifest = ManifestStore.Open(_files, target))
        {
            salvage.Run([.. state.Tables, .. source.ToMerge]);
            tables = source.ToMerge.Count > 0 && salvage.Taken.Count > 0
                ? TableMerge.Run(_files, target, salvage.Taken, _cancel)
                : salvage.Taken;
            _files.SyncDirectory(target);
            if (state.CheckpointLsn > 0)
            {
                manifest.Apply(Edit(state, tables, logId));
            }
        }

        using var lookup = new TableLookup(_files, target, tables);
        WriteLog(target, state, log, logId, new LogFilter(state.Spaces, salvage.Lost, lookup, _report));
    }

    private static ManifestEdit Edit(ManifestState state, List<TableInfo> tables, ulong logId)
    {
        long nextFileNumber = tables.Select(table => table.Number + 1).DefaultIfEmpty(0).Max();
        return new ManifestEdit
        {
            LogId = logId,
            CheckpointLsn = state.CheckpointLsn,
            NextFileNumber = Math.Max(state.NextFileNumber, nextFileNumber),
            NextSpace = state.NextSpace,
            Spaces = state.Spaces,
            Added = tables,
        };
    }

    private void WriteLog(string target, ManifestState state, LogIndex index, ulong logId, LogFilter filter)
    {
        var options = new WalOptions(_options.SegmentBytes, PrepareSpare: false, NewLogId: logId);
        if (state.CheckpointLsn > 0)
        {
            WalLog.CreateEmpty(_files, target, options, logId, state.CheckpointLsn + 1);
        }

        using WalLog log = WalLog.Open(_files, target, options, new WalStart(state.CheckpointLsn > 0 ? logId : 0, state.CheckpointLsn), this, _cancel);
        using (var salvage = new LogSalvage(_files, log, filter, _report))
        {
            salvage.Run(index, state.CheckpointLsn, _options.BeyondHoles, _cancel);
        }

        log.Close(log.DurableLsn);
    }

    private void WriteReport(string target, CheckReport found)
    {
        string text = string.Join('\n', _report.Lines(_source, found)) + "\n";
        using IFile file = _files.Open(Path.Combine(target, DirectoryNames.RepairReport), FileOpenKind.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
        file.SyncData();
    }
}
