using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Wal;

namespace RespKv.Tool.Repair;

/// <summary>
/// Writes what is sound of a log into a new one: the records that follow each other from the checkpoint on, and when told so
/// also what stands behind holes, under LSNs that close them.
/// </summary>
internal sealed class LogSalvage : IDisposable
{
    /// <summary>Written at once: a batch that holds some ten thousand small records.</summary>
    private const int BatchBytesTarget = 1 << 20;

    private readonly IFileSystem _files;
    private readonly WalLog _log;
    private readonly LogFilter _filter;
    private readonly RepairReport _report;
    private readonly WalBatch _batch = new();
    private WalFileWalk? _walk;
    private long _taken;

    internal LogSalvage(IFileSystem files, WalLog log, LogFilter filter, RepairReport report)
    {
        _files = files;
        _log = log;
        _filter = filter;
        _report = report;
        _batch.Reset(log.LastLsn + 1);
    }

    /// <param name="index">What is sound.</param>
    /// <param name="checkpointLsn">Records behind it are needed.</param>
    /// <param name="beyondHoles">Go on behind holes.</param>
    /// <param name="cancel">Ends it early.</param>
    internal void Run(LogIndex index, long checkpointLsn, bool beyondHoles, CancellationToken cancel)
    {
        long expected = checkpointLsn + 1;
        bool hasHole = false;
        long leftOut = 0;
        foreach (IndexedBatch batch in index.Batches)
        {
            cancel.ThrowIfCancellationRequested();
            if (batch.NextLsn <= expected)
            {
                continue;
            }

            if (batch.FirstLsn > expected)
            {
                TellHole(batch, expected, beyondHoles);
                hasHole = true;
                if (beyondHoles)
                {
                    _filter.PassHole();
                }

                if (batch.Count == 0)
                {
                    expected = batch.FirstLsn;
                }
            }

            if (hasHole && !beyondHoles)
            {
                leftOut += batch.Count;
                expected = batch.NextLsn;
                continue;
            }

            Take(batch, expected);
            expected = batch.NextLsn;
        }

        Flush();
        _report.Taken($"log: {_taken} records, up to LSN {_log.LastLsn} of the new log");
        if (leftOut > 0)
        {
            _report.Lost($"{leftOut} sound records behind the first hole (--beyond-hole takes them)");
        }
    }

    public void Dispose() => _walk?.Dispose();

    private void TellHole(IndexedBatch behind, long expected, bool beyondHoles)
    {
        string taken = beyondHoles && behind.Count > 0
            ? $"; what follows was TAKEN BEHIND THE HOLE and begins with LSN {_log.LastLsn + _batch.RecordCount + 1} of the new log"
            : "";
        _report.Lost($"LSN {expected} to {behind.FirstLsn - 1} are missing in front of {Path.GetFileName(behind.Path)}, offset {behind.Offset}{taken}");
    }

    private void Take(IndexedBatch batch, long fromLsn)
    {
        WalFileWalk walk = WalkTo(batch);
        WalRecords records = walk.Records();
        while (records.Next(out long lsn, out ReadOnlySpan<byte> record))
        {
            if (lsn < fromLsn)
            {
                continue;
            }

            if (_batch.RecordCount > 0 && _batch.ByteCount + (long)record.Length > BatchBytesTarget)
            {
                Flush();
            }

            _filter.Take(_batch, lsn, record);
            _taken++;
        }
    }

    // Batches of a file follow each other mostly, so the walk goes on; otherwise it begins anew.
    private WalFileWalk WalkTo(IndexedBatch batch)
    {
        if (_walk is null || _walk.Facts.Path != batch.Path || _walk.Offset > batch.Offset)
        {
            _walk?.Dispose();
            _walk = new WalFileWalk(_files, batch.Path);
        }

        while (_walk.Offset != batch.Offset)
        {
            if (!_walk.Next())
            {
                throw new ToolException($"{batch.Path} changed while it was read: is a server working in its directory?");
            }
        }

        return _walk;
    }

    private void Flush()
    {
        if (_batch.RecordCount > 0)
        {
            _log.Write(_batch, _log.DurableLsn);
            _log.Sync();
            _batch.Reset(_log.LastLsn + 1);
        }
    }
}
