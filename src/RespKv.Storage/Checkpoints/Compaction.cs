using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// Carries a plan out in steps of about one table. A tier is replaced by one edit at the end. The base is replaced stretch by
/// stretch: each edit adds the tables of a stretch and deletes the base tables that lay there; the upper runs go with the last one.
///
/// Invariants:
/// - Up to <c>_applied</c> the state has the outcome; between it and <c>_position</c> the outcome is in finished tables and the
///   open one, which no manifest names. After a failure these are discarded and the next step begins at <c>_applied</c> again.
/// - A base is only cut between two base tables, so that it stays one run of disjoint tables.
/// - A new base table stands for everything from the first LSN to the plan's last one, so it hides the upper runs that went into
///   it while those still exist; where it has no entry for a key, all of them together still say that there is none.
///
/// Belongs to the thread that applies edits. Checkpoint steps may come between the steps; other plans may not.
/// </summary>
public sealed class Compaction : IDisposable
{
    /// <summary>The base is one run for ever.</summary>
    private const long BaseRun = 0;

    /// <summary>128 KiB for each run: large enough for a disk, small enough for some dozens of runs.</summary>
    private const int ReadAheadBytes = 128 << 10;

    /// <summary>Entries between two looks at the token: well under a millisecond.</summary>
    private const int EntriesPerCancelCheck = 1 << 10;

    /// <summary>Finished tables that wait for a base table to end; then the next one that ends is waited for no longer than that.</summary>
    private const int UnappliedTablesMax = 4;

    private readonly IFileSystem _files;
    private readonly TableSet _tables;
    private readonly CheckpointOptions _options;
    private readonly IWritePacer? _pacer;
    private readonly CompactionPlan _plan;
    private readonly HashSet<long> _inputs;
    private readonly EntryFold _fold = new();

    /// <summary>Finished, in the order of their keys, and named by no manifest.</summary>
    private readonly List<TableInfo> _finished = [];

    private byte[] _applied = [];
    private byte[] _position = [];
    private UnappliedTable? _output;
    private long? _outputRun;
    private bool _isDone;

    // Of this step.
    private long _stepBytes;
    private int _entries;

    /// <param name="files">The disk.</param>
    /// <param name="tables">Outlives this.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="pacer">Asked after each slice of a table.</param>
    /// <param name="plan">Picked from the state of <paramref name="tables"/> as it is now.</param>
    public Compaction(IFileSystem files, TableSet tables, CheckpointOptions options, IWritePacer? pacer, CompactionPlan plan)
    {
        _files = files;
        _tables = tables;
        _options = options;
        _pacer = pacer;
        _plan = plan;
        _inputs = [.. plan.Inputs];
    }

    /// <summary>Bytes of entries that were read, those of skipped tables included; about the way to <see cref="BytesTotal"/>.</summary>
    public long BytesDone { get => Math.Min(field, BytesTotal); private set; }

    public long BytesTotal => _plan.BytesTotal;

    private bool IsBase => _plan.Kind == CompactionKind.Base;

    /// <summary>Writes about one table; there may be an edit, or several. True when the plan is done.</summary>
    /// <param name="cancel">Looked at all the time.</param>
    /// <exception cref="StorageException">A call failed. The step may be tried again, or the plan given up: both are sound.</exception>
    /// <exception cref="TableCorruptionException">A table is damaged.</exception>
    /// <exception cref="OperationCanceledException">As after a failure.</exception>
    public bool Step(CancellationToken cancel)
    {
        if (_isDone)
        {
            return true;
        }

        _stepBytes = 0;
        try
        {
            _isDone = Merge(cancel);

            // What the step replaced was in use by the step itself.
            _tables.DeleteUnused();
            return _isDone;
        }
        catch
        {
            GiveUp();
            throw;
        }
    }

    /// <summary>Discards what was not applied.</summary>
    public void Dispose()
    {
        _isDone = true;
        GiveUp();
    }

    private bool Merge(CancellationToken cancel)
    {
        using TableSnapshot snapshot = _tables.Acquire();
        uint[] live = DeadTables.Live(snapshot.State);
        var input = new MergeInput(snapshot, table => _inputs.Contains(table.Number), IsBase, live);
        using MergeCursor cursor = input.OpenCursor(ReadAheadBytes);
        cursor.Seek(_position);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            MergePiece piece = input.PieceAt(_position);
            if (piece.BaseTable is { } entered && Begins(entered) && MaySkip(input, entered, live))
            {
                Skip(entered);
                cursor.Seek(_position);
                continue;
            }

            if (!MergeTo(piece, cursor, live, cancel))
            {
                return false;
            }

            if (piece.End is null)
            {
                break;
            }

            _position = piece.End;
            if (piece.BaseTable is not null && IsLargeEnough())
            {
                CloseOutput();
                Apply(isLast: false);
                if (_stepBytes >= _options.TableBytesTarget)
                {
                    return false;
                }
            }
        }

        CloseOutput();
        Apply(isLast: true);
        return true;
    }

    private void Skip(TableInfo table)
    {
        CloseOutput();
        Apply(isLast: false);
        _position = _applied = MergeInput.Successor(table.LargestKey);
        BytesDone += table.FileBytes;
    }

    /// <summary>False: the step has done enough, and may go on at the position.</summary>
    private bool MergeTo(MergePiece piece, MergeCursor cursor, uint[] live, CancellationToken cancel)
    {
        while (cursor.Valid && (piece.End is null || MergeInput.Order(cursor.Key, piece.End) < 0))
        {
            if (++_entries % EntriesPerCancelCheck == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            int found = Array.BinarySearch(live, TableKey.Space(cursor.Key));
            if (found < 0)
            {
                // No need to read what is dead.
                if (~found == live.Length)
                {
                    return true;
                }

                cursor.Seek(FirstKeyOf(live[~found]));
                continue;
            }

            Add(cursor.Key, cursor.Entry);
            if (IsEnough(cursor.Key, piece))
            {
                return false;
            }

            cursor.Next();
        }

        return true;
    }

    private void Add(ReadOnlySpan<byte> key, TableEntry entry)
    {
        long bytes = key.Length + entry.Bytes.Length;
        _stepBytes += bytes;
        BytesDone += bytes;
        if (_plan.IsBottom && entry.Kind != TableEntryKind.Value)
        {
            _fold.Reset();
            _fold.Apply(entry);
            if (!_fold.ResolveAtBottom())
            {
                return;
            }

            entry = _fold.Entry;
        }

        _output ??= new UnappliedTable(_files, _tables, _plan.FirstLsn, _plan.LastLsn, _options.Table, _pacer);
        _output.Add(key, entry);
    }

    /// <summary>Behind an entry: closes a table that is full, and tells whether the step ends here.</summary>
    private bool IsEnough(ReadOnlySpan<byte> key, MergePiece piece)
    {
        bool isFull = _output is not null && _output.FileBytes >= _options.TableBytesTarget;
        if (isFull)
        {
            CloseOutput();
            _position = MergeInput.Successor(key);
            if (IsBase && piece.BaseTable is null)
            {
                Apply(isLast: false);
            }
        }

        // An output that hardly grows, because what is read is deleted, ends a step too.
        bool isLong = _stepBytes >= 2 * _options.TableBytesTarget;
        if (isLong && !isFull)
        {
            _position = MergeInput.Successor(key);
        }

        return isLong || (isFull && _stepBytes >= _options.TableBytesTarget);
    }

    /// <summary>The table that is being entered, not one that an earlier step stopped in.</summary>
    private bool Begins(TableInfo baseTable) => MergeInput.Order(_position, baseTable.SmallestKey) <= 0;

    /// <summary>Small neighbours become one: a table that is not half full takes the next base table in.</summary>
    private bool IsLargeEnough()
        => _finished.Count >= UnappliedTablesMax || (_output?.FileBytes ?? _options.TableBytesTarget) >= _options.TableBytesTarget / 2;

    /// <summary>A base table stays as it is when nothing new is in it, nothing dead, and it is not to be joined with others.</summary>
    private bool MaySkip(MergeInput input, TableInfo table, uint[] live)
    {
        bool isSmall = table.FileBytes < _options.TableBytesTarget / 4;
        bool fitsOutput = _output is not null && _output.FileBytes + table.FileBytes <= _options.TableBytesTarget;
        return !isSmall && !fitsOutput && !DeadTables.MayHoldDead(table, live) && !input.IsTouched(table);
    }

    private void CloseOutput()
    {
        if (_output is null)
        {
            return;
        }

        using UnappliedTable output = _output;
        _output = null;
        _outputRun ??= IsBase ? BaseRun : output.Number;
        _finished.Add(output.Finish(_plan.OutputLevel, _outputRun.Value));
    }

    private void Apply(bool isLast)
    {
        ManifestState state = _tables.State;
        uint[] live = DeadTables.Live(state);
        DiscardFinished(table => DeadTables.IsDead(table, live));
        HashSet<long> deleted = [.. DeadTables.Numbers(state, live)];
        if (IsBase)
        {
            deleted.UnionWith(state.Tables.Where(IsReplaced).Select(table => table.Number));
        }

        if (isLast)
        {
            deleted.UnionWith(_inputs.Where(number => state.Find(number) is not null));
        }

        if (IsBase || isLast)
        {
            if (_finished.Count + deleted.Count > 0)
            {
                _tables.Apply(new ManifestEdit { Added = [.. _finished], Deleted = [.. deleted] });
            }

            _finished.Clear();
            _applied = _position;
        }

        bool IsReplaced(TableInfo table)
        {
            return table.Level == CompactionPicker.BaseLevel
                && MergeInput.Order(table.SmallestKey, _applied) >= 0
                && (isLast || MergeInput.Order(table.LargestKey, _position) < 0);
        }
    }

    private void GiveUp()
    {
        _output?.Dispose();
        _output = null;
        DiscardFinished(_ => true);
        _position = _applied;
    }

    private void DiscardFinished(Predicate<TableInfo> isUnwanted)
    {
        foreach (TableInfo table in _finished.FindAll(isUnwanted))
        {
            UnappliedTable.Discard(_tables, table.Number);
        }

        _finished.RemoveAll(isUnwanted);
    }

    private static byte[] FirstKeyOf(uint space)
    {
        byte[] key = new byte[TableKey.SpaceBytes];
        TableKey.Write(key, space, default);
        return key;
    }
}
