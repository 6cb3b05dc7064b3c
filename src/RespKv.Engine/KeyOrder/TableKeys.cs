using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Engine.KeyOrder;

/// <summary><see cref="ITableKeys"/> over a snapshot of the sorted tables, which outlives it.</summary>
internal sealed class TableKeys(TableSnapshot snapshot, uint space) : ITableKeys, IDisposable
{
    private MergeCursor? _cursor;
    private bool _isReverse;

    public bool Valid { get; private set; }

    public ReadOnlySpan<byte> Key => TableKey.Key(_cursor!.Key);

    public KeyState State
    {
        get
        {
            TableEntry entry = _cursor!.Entry;
            return entry.Kind switch
            {
                TableEntryKind.Tombstone => KeyState.Deleted,
                TableEntryKind.Value => KeyState.ExpiringAt(entry.ExpireAtMillis),
                _ => Patch.CreatesKey(entry.Bytes) ? KeyState.Alive : KeyState.Deleted,
            };
        }
    }

    public long EntryBytes => _cursor!.Entry.Bytes.Length;

    public void Seek(KeyRange range)
    {
        _isReverse = range.IsReverse;
        byte[] low = AtOrBefore(range.Low);
        byte[] high = AtOrBehind(range.High);
        _cursor = new MergeCursor(
            snapshot.Sources(table => low.AsSpan().SequenceCompareTo(table.LargestKey) <= 0 && high.AsSpan().SequenceCompareTo(table.SmallestKey) >= 0),
            isBottom: false);
        Settle(_isReverse ? _cursor.SeekAtMost(high) : _cursor.Seek(low));
        while (Valid && range.IsBefore(Key))
        {
            Next();
        }
    }

    public void Next() => Settle(_isReverse ? _cursor!.Previous() : _cursor!.Next());

    public void Dispose() => _cursor?.Dispose();

    private void Settle(bool stands)
    {
        // Walking down from the first key of the next space, if it has one, one step leads into this one.
        while (stands && _isReverse && TableKey.Space(_cursor!.Key) > space)
        {
            stands = _cursor.Previous();
        }

        Valid = stands && TableKey.Space(_cursor!.Key) == space;
    }

    private byte[] AtOrBefore(KeyBound low) => Write(space, low.Key);

    /// <summary>Spaces are given out one by one and never again: there is always a next number.</summary>
    private byte[] AtOrBehind(KeyBound high) => high.IsFinite ? Write(space, high.Key) : Write(checked(space + 1), []);

    private static byte[] Write(uint space, ReadOnlySpan<byte> key)
    {
        byte[] tableKey = new byte[TableKey.SpaceBytes + key.Length];
        TableKey.Write(tableKey, space, key);
        return tableKey;
    }
}
