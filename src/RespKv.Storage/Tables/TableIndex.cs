using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>Where the data blocks are, and from which key on. Immutable.</summary>
internal sealed class TableIndex
{
    // Bounds one behind the other: that of block i ends at _boundEnds[i].
    private readonly byte[] _bounds;
    private readonly int[] _boundEnds;
    private readonly long[] _offsets;
    private readonly int[] _entries;

    private TableIndex(byte[] bounds, int[] boundEnds, long[] offsets, int[] entries)
    {
        _bounds = bounds;
        _boundEnds = boundEnds;
        _offsets = offsets;
        _entries = entries;
    }

    internal int Count => _entries.Length;

    internal long Offset(int block) => _offsets[block];

    /// <summary>Where the block ends.</summary>
    internal long End(int block) => _offsets[block + 1];

    internal int Bytes(int block) => (int)(_offsets[block + 1] - _offsets[block]);

    internal int Entries(int block) => _entries[block];

    /// <summary>Greater than all keys before the block, not greater than those from it on.</summary>
    internal ReadOnlySpan<byte> Bound(int block)
    {
        int start = block == 0 ? 0 : _boundEnds[block - 1];
        return _bounds.AsSpan(start, _boundEnds[block] - start);
    }

    /// <summary>The block that holds the key if any does; -1 in an empty table.</summary>
    internal int Find(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            if (Bound(middle).SequenceCompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>Takes the payload of an index block whose table has its data blocks from 0 to an end.</summary>
    /// <returns>Null, or what is wrong.</returns>
    internal static string? Read(ReadOnlySpan<byte> payload, long dataEnd, long blocks, long entries, out TableIndex index)
    {
        index = new TableIndex([], [], [0], []);
        if (blocks < 0 || blocks > payload.Length)
        {
            return $"an index of {payload.Length} bytes for {blocks} blocks";
        }

        var reader = new Reader(payload, (int)blocks);
        for (int block = 0; block < blocks; block++)
        {
            string? problem = reader.ReadBlock(block);
            if (problem is not null)
            {
                return $"index, block {block}: {problem}";
            }
        }

        if (!reader.IsAtEnd)
        {
            return $"the index goes on behind its {blocks} blocks";
        }

        if (reader.End != dataEnd || reader.EntriesSum != entries)
        {
            return $"the index ends at {reader.End} and has {reader.EntriesSum} entries; the table says {dataEnd} and {entries}";
        }

        index = reader.Build();
        return null;
    }

    private ref struct Reader
    {
        private readonly int[] _boundEnds;
        private readonly long[] _offsets;
        private readonly int[] _entries;
        private ReadOnlySpan<byte> _rest;
        private byte[] _bounds;
        private int _boundsLength;
        private int _lastStart;

        internal Reader(ReadOnlySpan<byte> payload, int blocks)
        {
            _rest = payload;
            _bounds = new byte[payload.Length];
            _boundEnds = new int[blocks];
            _offsets = new long[blocks + 1];
            _entries = new int[blocks];
        }

        internal readonly bool IsAtEnd => _rest.IsEmpty;

        internal readonly long End => _offsets[^1];

        internal long EntriesSum { get; private set; }

        internal string? ReadBlock(int block)
        {
            ReadOnlySpan<byte> last = _bounds.AsSpan(_lastStart, _boundsLength - _lastStart);
            if (!TryReadNumber(out int shared) || !TryReadNumber(out int unshared) || shared > last.Length || unshared > _rest.Length)
            {
                return "malformed bound";
            }

            int start = _boundsLength;
            if ((long)start + shared + unshared > Array.MaxLength)
            {
                return "the bounds do not fit into memory";
            }

            Grow.ToHold(ref _bounds, _boundsLength, shared + unshared);
            _bounds.AsSpan(_lastStart, shared).CopyTo(_bounds.AsSpan(start));
            _rest[..unshared].CopyTo(_bounds.AsSpan(start + shared));
            _rest = _rest[unshared..];
            _boundsLength += shared + unshared;
            ReadOnlySpan<byte> before = _bounds.AsSpan(_lastStart, start - _lastStart);
            ReadOnlySpan<byte> bound = _bounds.AsSpan(start, _boundsLength - start);
            if (block == 0 ? !bound.IsEmpty : bound.SequenceCompareTo(before) <= 0)
            {
                return "the bounds are not in order";
            }

            if (!TryReadNumber(out int bytes) || !TryReadNumber(out int entries) || bytes <= TableFormat.BlockHeaderBytes || entries == 0)
            {
                return "malformed size";
            }

            _lastStart = start;
            _boundEnds[block] = _boundsLength;
            _offsets[block + 1] = _offsets[block] + bytes;
            _entries[block] = entries;
            EntriesSum += entries;
            return null;
        }

        internal readonly TableIndex Build() => new(_bounds.AsSpan(0, _boundsLength).ToArray(), _boundEnds, _offsets, _entries);

        private bool TryReadNumber(out int number)
        {
            int bytes = Varint.Read(_rest, out ulong value);
            number = (int)Math.Min(value, int.MaxValue);
            if (bytes == 0 || value > TableFormat.BlockBytesMax)
            {
                return false;
            }

            _rest = _rest[bytes..];
            return true;
        }
    }
}
