namespace RespKv.Storage.Tables;

/// <summary>Reads a whole table and compares all that it says twice.</summary>
internal sealed class TableVerifier
{
    private const int ReadAheadBytes = 1 << 20;
    private const long ProgressBytes = 1 << 20;

    private readonly TableReader _table;
    private byte[] _lastKey = [];
    private int _lastKeyLength;
    private long _tombstones;
    private long _patches;
    private long _rawBytes;

    internal TableVerifier(TableReader table)
    {
        _table = table;
    }

    internal void Run(Action<long>? progress, CancellationToken cancel)
    {
        TableIndex index = _table.Index;
        var loader = new BlockLoader(_table, ReadAheadBytes);
        var entries = new BlockCursor();
        long toldBytes = 0;
        for (int block = 0; block < index.Count; block++)
        {
            cancel.ThrowIfCancellationRequested();
            loader.Load(block, isForward: true, entries);
            CheckBlock(block, entries);
            if (index.End(block) - toldBytes >= ProgressBytes)
            {
                toldBytes = index.End(block);
                progress?.Invoke(toldBytes);
            }
        }

        CheckProperties();
        progress?.Invoke(_table.Properties.FileBytes);
    }

    private void CheckBlock(int block, BlockCursor entries)
    {
        long offset = _table.Index.Offset(block);
        entries.SeekFirst();
        if (entries.Key.SequenceCompareTo(_table.Index.Bound(block)) < 0)
        {
            throw Corrupt(offset, "the first key of the block is less than the index says");
        }

        int count = 0;
        do
        {
            bool isFirst = block == 0 && count == 0;
            CheckEntry(offset, entries, isFirst);
            count++;
        }
        while (entries.Next());

        if (count != _table.Index.Entries(block))
        {
            throw Corrupt(offset, $"the block has {count} entries, the index says {_table.Index.Entries(block)}");
        }

        bool hasNext = block + 1 < _table.Index.Count;
        if (hasNext && LastKey().SequenceCompareTo(_table.Index.Bound(block + 1)) >= 0)
        {
            throw Corrupt(offset, "the last key of the block is not less than the index says of the next one");
        }
    }

    private void CheckEntry(long offset, BlockCursor entries, bool isFirst)
    {
        ReadOnlySpan<byte> key = entries.Key;
        TableEntry entry = entries.Entry;
        if (isFirst && !key.SequenceEqual(_table.Properties.SmallestKey))
        {
            throw Corrupt(offset, "the first key is not the one that the properties say");
        }

        if (!isFirst && key.SequenceCompareTo(LastKey()) <= 0)
        {
            throw Corrupt(offset, "the keys are not in order");
        }

        if (!_table.MayContain(key))
        {
            throw Corrupt(offset, "the filter does not know a key of the block");
        }

        if (entry.Kind == TableEntryKind.Patch && !Patch.IsWellFormed(entry.Bytes))
        {
            throw Corrupt(offset, "a patch in the block is malformed");
        }

        if (entry.Kind == TableEntryKind.Value && !entry.IsValueWellFormed)
        {
            throw Corrupt(offset, $"a value of type {entry.Type} in the block is malformed");
        }

        _tombstones += entry.Kind == TableEntryKind.Tombstone ? 1 : 0;
        _patches += entry.Kind == TableEntryKind.Patch ? 1 : 0;
        _rawBytes += (long)key.Length + entry.Bytes.Length;
        Grow.ToHold(ref _lastKey, 0, key.Length);
        key.CopyTo(_lastKey);
        _lastKeyLength = key.Length;
    }

    private void CheckProperties()
    {
        TableProperties said = _table.Properties;
        bool isSame = said.Tombstones == _tombstones
            && said.Patches == _patches
            && said.RawBytes == _rawBytes
            && LastKey().SequenceEqual(said.LargestKey);
        if (!isSame)
        {
            throw Corrupt(
                _table.Index.Offset(_table.Index.Count),
                $"{_tombstones} tombstones, {_patches} patches and {_rawBytes} bytes were found; the properties say "
                + $"{said.Tombstones}, {said.Patches}, {said.RawBytes}, or another last key");
        }
    }

    private ReadOnlySpan<byte> LastKey() => _lastKey.AsSpan(0, _lastKeyLength);

    private TableCorruptionException Corrupt(long offset, string problem) => new(_table.Path, offset, problem);
}
