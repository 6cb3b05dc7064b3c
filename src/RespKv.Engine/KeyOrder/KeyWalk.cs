using RespKv.Storage.Tables;

namespace RespKv.Engine.KeyOrder;

/// <summary>Why a <see cref="KeyWalk"/> ended.</summary>
internal enum KeyWalkEnd
{
    /// <summary>At the end of the range: there are no further keys.</summary>
    RangeEnd,

    /// <summary>Enough keys were found.</summary>
    Enough,

    /// <summary>It has read as much as one walk may.</summary>
    Budget,
}

/// <summary>What a walk has found.</summary>
/// <param name="Keys">Keys that may be there, in the order of the walk; any other key up to <paramref name="Frontier"/> came later or is not there.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Frontier">The last key that was looked at; empty at the end of the range.</param>
internal sealed record KeyWalkResult(KeyList Keys, KeyWalkEnd End, byte[] Frontier);

/// <summary>
/// Walks over the sorted tables and over what the log says since: of each key the newest word counts, and the keys that are not
/// deleted by it are candidates. What the live keyspace has now is looked at later, in a turn.
/// </summary>
internal sealed class KeyWalk
{
    /// <summary>Entries that one walk passes, deleted ones included: about a tenth of a second.</summary>
    public const int StepsMax = 250_000;

    /// <summary>Bytes of table entries that one walk passes, since the blocks that hold them are read whole.</summary>
    public const long EntryBytesMax = 64L * 1024 * 1024;

    /// <summary>Bytes of keys that one walk collects; a single larger key is one more.</summary>
    public const int KeyBytesMax = 4 * 1024 * 1024;

    /// <summary>Steps between two looks whether to stop.</summary>
    private const int StepsPerLook = 1024;

    private readonly KeyRange _range;
    private readonly KeyRun[] _runs;
    private readonly int[] _at;
    private readonly ITableKeys _tables;
    private readonly long _nowMillis;
    private long _entryBytes;

    /// <param name="range">Where to walk; not empty.</param>
    /// <param name="runs">What the log says since the tables, newest first.</param>
    /// <param name="tables">The keys of the tables; not owned.</param>
    /// <param name="nowMillis">Keys that had expired then are not there, or have been written since, which others note.</param>
    public KeyWalk(KeyRange range, KeyRun[] runs, ITableKeys tables, long nowMillis)
    {
        _range = range;
        _runs = runs;
        _tables = tables;
        _nowMillis = nowMillis;
        _at = new int[runs.Length];
    }

    /// <exception cref="IOException">A table is damaged, or could not be read.</exception>
    public KeyWalkResult Run(int keysMax, CancellationToken cancel)
    {
        var keys = new KeyList();
        SeekRuns();
        _tables.Seek(_range);
        for (int steps = 1; ; steps++)
        {
            if (steps % StepsPerLook == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            if (!TryNearest(out ReadOnlySpan<byte> key, out bool mayExist))
            {
                return new KeyWalkResult(keys, KeyWalkEnd.RangeEnd, []);
            }

            if (mayExist)
            {
                keys.Add(key);
            }

            KeyWalkEnd end = keys.Count >= keysMax ? KeyWalkEnd.Enough
                : steps >= StepsMax || _entryBytes >= EntryBytesMax || keys.KeyBytes >= KeyBytesMax ? KeyWalkEnd.Budget
                : KeyWalkEnd.RangeEnd;
            if (end != KeyWalkEnd.RangeEnd)
            {
                return new KeyWalkResult(keys, end, key.ToArray());
            }

            Pass(key);
        }
    }

    private void SeekRuns()
    {
        KeyBound start = _range.Start;
        for (int i = 0; i < _runs.Length; i++)
        {
            KeyRun run = _runs[i];
            int at = start.IsFinite ? run.LowerBound(start.Key) : ReferenceEquals(start, KeyBound.Lowest) ? 0 : run.Count;
            if (_range.IsReverse)
            {
                // The start itself, or what is before it.
                at = at < run.Count && start.IsFinite && run.Key(at).SequenceEqual(start.Key) ? at : at - 1;
            }

            while (IsInside(run, at) && _range.IsBefore(run.Key(at)))
            {
                at += Step;
            }

            _at[i] = at;
        }
    }

    private int Step => _range.IsReverse ? -1 : 1;

    private static bool IsInside(KeyRun run, int at) => (uint)at < (uint)run.Count;

    /// <summary>The next key of all sources, and what the newest of them says.</summary>
    private bool TryNearest(out ReadOnlySpan<byte> nearest, out bool mayExist)
    {
        nearest = default;
        mayExist = false;
        bool found = false;
        for (int i = 0; i < _runs.Length; i++)
        {
            if (!IsInside(_runs[i], _at[i]))
            {
                continue;
            }

            ReadOnlySpan<byte> key = _runs[i].Key(_at[i]);
            if (!found || _range.Compare(key, nearest) < 0)
            {
                nearest = key;
                mayExist = _runs[i].State(_at[i]).MayExistAt(_nowMillis);
                found = true;
            }
        }

        if (_tables.Valid && (!found || _range.Compare(_tables.Key, nearest) < 0))
        {
            nearest = _tables.Key;
            mayExist = _tables.State.MayExistAt(_nowMillis);
            found = true;
        }

        return found && !_range.IsBehind(nearest);
    }

    /// <summary>Every source that stands at the key goes on. The key may lie in one of them, so the tables, which move bytes, come last.</summary>
    private void Pass(ReadOnlySpan<byte> key)
    {
        for (int i = 0; i < _runs.Length; i++)
        {
            if (IsInside(_runs[i], _at[i]) && _runs[i].Key(_at[i]).SequenceEqual(key))
            {
                _at[i] += Step;
            }
        }

        if (_tables.Valid && _tables.Key.SequenceEqual(key))
        {
            _entryBytes += _tables.EntryBytes;
            _tables.Next();
        }
    }
}
