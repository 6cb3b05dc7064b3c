using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Tool.Repair;

/// <summary>
/// Takes records over into the new log. A partial change (bytes in a value, elements, an expiry) of a key whose value is not known is
/// left out: applied to something else it would make up a value that never was. The value is not known when the tables have
/// lost it, or behind a hole, until a record says it anew.
/// </summary>
internal sealed class LogFilter(IReadOnlyDictionary<int, uint> spaces, LostKeys lost, TableLookup tables, RepairReport report)
{
    private readonly Dictionary<int, uint> _spaces = new(spaces);

    /// <summary>Keys that records have said anew, by database: only those that would be in doubt.</summary>
    private readonly Dictionary<int, HashSet<string>> _told = [];

    /// <summary>Databases that were cleared since: what is not told is not there.</summary>
    private readonly HashSet<int> _cleared = [];

    private bool _isBehindHole;

    private bool IsInDoubt => _isBehindHole || !lost.IsEmpty;

    /// <summary>From here on any key may have changed without a record of it.</summary>
    internal void PassHole()
    {
        _isBehindHole = true;
        _told.Clear();
        _cleared.Clear();
    }

    /// <summary>Adds the record to the batch, whole or without what had to be left out.</summary>
    internal void Take(WalBatch batch, long lsn, ReadOnlySpan<byte> record)
    {
        batch.BeginRecord();
        if (!IsInDoubt || !Rewrite(batch, lsn, record))
        {
            record.CopyTo(batch.Reserve(record.Length));
            batch.Advance(record.Length);
        }

        batch.EndRecord();
    }

    private static string Text(ReadOnlySpan<byte> key) => System.Text.Encoding.Latin1.GetString(key);

    // False: nothing had to be left out, and nothing was written.
    private bool Rewrite(WalBatch batch, long lsn, ReadOnlySpan<byte> record)
    {
        var dropped = new HashSet<int>();
        int index = 0;
        var mutation = new MutationReader(record);
        for (; mutation.Read(); index++)
        {
            if (!Observe(mutation, lsn))
            {
                dropped.Add(index);
            }
        }

        if (dropped.Count == 0)
        {
            return false;
        }

        index = 0;
        mutation = new MutationReader(record);
        for (; mutation.Read(); index++)
        {
            if (!dropped.Contains(index))
            {
                Write(batch, mutation);
            }
        }

        return true;
    }

    // False: it has to be left out.
    private bool Observe(in MutationReader mutation, long lsn)
    {
        switch (mutation.Kind)
        {
            case MutationKind.Set or MutationKind.Delete:
                Tell(mutation.Database, mutation.Key);
                return true;
            case MutationKind.WriteRange or MutationKind.SetExpiry or MutationKind.PutElements or MutationKind.RemoveElements:
                if (IsKnown(mutation.Database, mutation.Key))
                {
                    return true;
                }

                report.Lost($"LSN {lsn}: {mutation.Kind} of {RepairReport.Key(mutation.Key)} in database {mutation.Database}, whose value is not known");
                return false;
            case MutationKind.ClearDatabase:
                Clear(mutation.Database);
                return true;
            case MutationKind.ClearAll:
                // Every database, those without a key included.
                _told.Clear();
                _spaces.Clear();
                _isBehindHole = false;
                return true;
            case MutationKind.SwapDatabases:
                Swap(mutation.Database, mutation.OtherDatabase);
                return true;
            default:
                return true;
        }
    }

    private void Tell(int database, ReadOnlySpan<byte> key)
    {
        if (!_isBehindHole && !IsLostInTables(database, key))
        {
            return;
        }

        if (!_told.TryGetValue(database, out HashSet<string>? keys))
        {
            keys = new HashSet<string>(StringComparer.Ordinal);
            _told[database] = keys;
        }

        keys.Add(Text(key));
    }

    private bool IsKnown(int database, ReadOnlySpan<byte> key)
    {
        if (_cleared.Contains(database) || (_told.TryGetValue(database, out HashSet<string>? keys) && keys.Contains(Text(key))))
        {
            return true;
        }

        return !_isBehindHole && !IsLostInTables(database, key);
    }

    private bool IsLostInTables(int database, ReadOnlySpan<byte> key)
    {
        if (lost.IsEmpty || !_spaces.TryGetValue(database, out uint space))
        {
            return false;
        }

        byte[] tableKey = new byte[TableKey.SpaceBytes + key.Length];
        TableKey.Write(tableKey, space, key);
        long lsn = lost.LastLostLsn(tableKey);
        return lsn > 0 && !tables.IsToldAfter(tableKey, lsn);
    }

    private void Clear(int database)
    {
        _told.Remove(database);
        _spaces.Remove(database);
        _cleared.Add(database);
    }

    private void Swap(int a, int b)
    {
        SwapIn(_spaces, a, b);
        SwapIn(_told, a, b);
        bool isClearedA = _cleared.Remove(a);
        bool isClearedB = _cleared.Remove(b);
        _ = isClearedA && _cleared.Add(b);
        _ = isClearedB && _cleared.Add(a);
    }

    private static void SwapIn<T>(Dictionary<int, T> map, int a, int b)
    {
        bool hasA = map.Remove(a, out T? ofA);
        bool hasB = map.Remove(b, out T? ofB);
        if (hasA)
        {
            map[b] = ofA!;
        }

        if (hasB)
        {
            map[a] = ofB!;
        }
    }

    private static void Write(WalBatch batch, in MutationReader mutation)
    {
        switch (mutation.Kind)
        {
            case MutationKind.Set:
                MutationWriter.Set(batch, mutation.Database, mutation.Key, mutation.Value, mutation.ExpireAtMillis);
                break;
            case MutationKind.WriteRange:
                MutationWriter.WriteRange(batch, mutation.Database, mutation.Key, mutation.Offset, mutation.Value);
                break;
            case MutationKind.Delete:
                MutationWriter.Delete(batch, mutation.Database, mutation.Key);
                break;
            case MutationKind.SetExpiry:
                MutationWriter.SetExpiry(batch, mutation.Database, mutation.Key, mutation.ExpireAtMillis);
                break;
            case MutationKind.PutElements:
                MutationWriter.PutElements(batch, mutation.Database, mutation.Key, mutation.Type, mutation.Value);
                break;
            case MutationKind.RemoveElements:
                MutationWriter.RemoveElements(batch, mutation.Database, mutation.Key, mutation.Type, mutation.Value);
                break;
            case MutationKind.ClearDatabase:
                MutationWriter.ClearDatabase(batch, mutation.Database);
                break;
            case MutationKind.ClearAll:
                MutationWriter.ClearAll(batch);
                break;
            case MutationKind.SwapDatabases:
                MutationWriter.SwapDatabases(batch, mutation.Database, mutation.OtherDatabase);
                break;
            default:
                throw new InvalidDataException($"mutation kind {(int)mutation.Kind} is not known");
        }
    }
}
