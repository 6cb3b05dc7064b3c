using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// Makes checkpoints from the log, never from memory: each step folds the next part of it, writes what is left of that as one
/// table of level 0, and moves the checkpoint there by one edit of the manifest. So a checkpoint is consistent at an LSN by itself
/// (D7), nobody waits for it, and it may end after any step.
///
/// Invariants:
/// - Only records that are durable are folded; a step ends at the end of a batch.
/// - A segment is given up only after the edit that covers it is durable (D6).
/// - A step that fails before its edit leaves the state as it was; the table that it wrote is discarded. One that fails after it
///   has only segments left to give up, which the next step does.
///
/// Belongs to the thread that applies edits.
/// </summary>
public sealed class CheckpointWriter : IDisposable
{
    private readonly IFileSystem _files;
    private readonly TableSet _tables;
    private readonly WalLog _log;
    private readonly CheckpointOptions _options;
    private readonly IWritePacer? _pacer;
    private readonly LogFold _fold;

    /// <summary>Stands behind <see cref="Lsn"/> while a checkpoint of several steps goes on, else null.</summary>
    private WalTailReader? _reader;
    private bool _disposed;

    /// <param name="files">The disk.</param>
    /// <param name="tables">Outlives this.</param>
    /// <param name="log">The log that the tables are made from, open. Outlives this.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="pacer">Asked after each slice of a table.</param>
    public CheckpointWriter(IFileSystem files, TableSet tables, WalLog log, CheckpointOptions options, IWritePacer? pacer)
    {
        _files = files;
        _tables = tables;
        _log = log;
        _options = options;
        _pacer = pacer;
        _fold = new LogFold(options.FoldBytesMax);
    }

    /// <summary>Everything up to here is in tables, durably.</summary>
    public long Lsn => _tables.State.CheckpointLsn;

    /// <summary>
    /// One step towards an LSN; to the end of its batch, when it gets so far. When there is nothing left to fold, segments are
    /// given up that an earlier step could not.
    /// </summary>
    /// <param name="toLsn">Durable.</param>
    /// <param name="cancel">Looked at between batches and, by the pacer, between slices of the table.</param>
    /// <exception cref="StorageException">A call failed. The step may be tried again.</exception>
    /// <exception cref="WalCorruptionException">The log cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Nothing was changed.</exception>
    public CheckpointStep Step(long toLsn, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(toLsn, _log.DurableLsn);
        cancel.ThrowIfCancellationRequested();
        try
        {
            CheckpointStep step = toLsn > Lsn ? FoldAndApply(toLsn, cancel) : new CheckpointStep(Lsn, 0, 0, 0, 0);
            if (step.Lsn >= toLsn)
            {
                Rest();
            }

            return step with { SegmentsRetired = _log.Retire(step.Lsn) };
        }
        catch
        {
            Rest();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        Rest();
    }

    private CheckpointStep FoldAndApply(long toLsn, CancellationToken cancel)
    {
        ManifestState state = _tables.State;
        _fold.Reset(state);
        WalTailReader reader = _reader ??= _log.OpenReader(state.CheckpointLsn);
        long bytesBefore = reader.BytesRead;
        long lsn = Fold(reader, toLsn, cancel);
        _fold.Sort();

        TableInfo? table = _fold.Count == 0 ? null : WriteTable(state.CheckpointLsn + 1, lsn);
        Apply(state, lsn, table);
        return new CheckpointStep(lsn, reader.BytesRead - bytesBefore, table?.FileBytes ?? 0, table?.Entries ?? 0, 0);
    }

    /// <summary>Returns the LSN of the last record.</summary>
    private long Fold(WalTailReader reader, long toLsn, CancellationToken cancel)
    {
        // Whole batches: one that begins before the target may end behind it, and is durable as a whole.
        long durableLsn = _log.DurableLsn;
        while (reader.LastLsn < toLsn && !_fold.IsFull)
        {
            cancel.ThrowIfCancellationRequested();
            if (!reader.Read(durableLsn, out WalRecords batch))
            {
                throw new InvalidDataException($"the log ends at LSN {reader.LastLsn}, but LSN {durableLsn} is durable");
            }

            while (batch.Next(out _, out ReadOnlySpan<byte> record))
            {
                _fold.Apply(record);
            }
        }

        return reader.LastLsn;
    }

    private TableInfo WriteTable(long firstLsn, long lastLsn)
    {
        using var output = new UnappliedTable(_files, _tables, firstLsn, lastLsn, _options.Table, _pacer);
        for (int index = 0; index < _fold.Count; index++)
        {
            output.Add(_fold.Key(index), _fold.Entry(index));
        }

        return output.Finish(level: 0, run: output.Number);
    }

    private void Apply(ManifestState state, long lsn, TableInfo? table)
    {
        IReadOnlyDictionary<int, uint> spaces = _fold.Spaces;
        uint[] live = [.. spaces.Values.Order()];
        var edit = new ManifestEdit
        {
            LogId = state.LogId == 0 ? _log.LogId : null,
            CheckpointLsn = lsn,
            Spaces = spaces,
            NextSpace = _fold.NextSpace,
            Added = table is null ? [] : [table],
            Deleted = [.. DeadTables.Numbers(state, live)],
        };
        try
        {
            _tables.Apply(edit);
        }
        catch when (table is not null)
        {
            UnappliedTable.Discard(_tables, table.Number);
            throw;
        }
    }

    // Between checkpoints no segment is held open, and no memory.
    private void Rest()
    {
        _reader?.Dispose();
        _reader = null;
        _fold.Release();
    }
}
