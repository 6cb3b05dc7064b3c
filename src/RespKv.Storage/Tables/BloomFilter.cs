namespace RespKv.Storage.Tables;

/// <summary>
/// A Bloom filter whose bits of a key all lie in one line of 64 bytes (Putze, Sanders, Singler: "Cache-, Hash- and
/// Space-Efficient Bloom Filters"). The upper half of the hash takes the line, the lower half the bits. Immutable.
/// </summary>
internal sealed class BloomFilter
{
    private const int LineBits = TableFormat.FilterLineBytes * 8;

    /// <summary>A probe takes the top 9 bits: the number of a bit in a line.</summary>
    private const int ProbeShift = 32 - 9;

    /// <summary>2^32 divided by the golden ratio.</summary>
    private const uint NextProbe = 0x9E37_79B9;

    private readonly byte[] _payload;
    private readonly int _start;
    private readonly uint _lines;
    private readonly int _probes;

    /// <summary>Over the payload of a filter block that was checked by <see cref="ProblemOf"/>. An empty one says yes to all.</summary>
    internal BloomFilter(byte[] payload)
    {
        _payload = payload;
        _start = TableFormat.FilterHeaderBytes;
        _lines = (uint)(Math.Max(0, payload.Length - _start) / TableFormat.FilterLineBytes);
        _probes = payload.Length == 0 ? 0 : payload[0];
    }

    /// <summary>Bytes of the payload for so many keys.</summary>
    internal static int PayloadBytes(int keys, int bitsPerKey)
    {
        if (keys == 0 || bitsPerKey == 0)
        {
            return 0;
        }

        long lines = (((long)keys * bitsPerKey) + LineBits - 1) / LineBits;
        return checked((int)(TableFormat.FilterHeaderBytes + (lines * TableFormat.FilterLineBytes)));
    }

    /// <summary>Fills a payload of <see cref="PayloadBytes"/> zeros.</summary>
    internal static void Fill(Span<byte> payload, ReadOnlySpan<ulong> hashes, int bitsPerKey)
    {
        int probes = Math.Clamp(bitsPerKey * 69 / 100, 1, TableFormat.FilterProbesMax);
        payload[0] = (byte)probes;
        Span<byte> lines = payload[TableFormat.FilterHeaderBytes..];
        uint count = (uint)(lines.Length / TableFormat.FilterLineBytes);
        foreach (ulong hash in hashes)
        {
            Span<byte> line = lines.Slice(LineOf(hash, count), TableFormat.FilterLineBytes);
            uint probe = (uint)hash;
            for (int index = 0; index < probes; index++)
            {
                uint bit = probe >> ProbeShift;
                line[(int)(bit >> 3)] |= (byte)(1 << (int)(bit & 7));
                probe *= NextProbe;
            }
        }
    }

    internal static string? ProblemOf(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return null;
        }

        int lines = payload.Length - TableFormat.FilterHeaderBytes;
        bool isSound = lines >= TableFormat.FilterLineBytes
            && lines % TableFormat.FilterLineBytes == 0
            && payload[0] is >= 1 and <= TableFormat.FilterProbesMax
            && !payload[1..TableFormat.FilterHeaderBytes].ContainsAnyExcept((byte)0);
        return isSound ? null : $"a filter of {payload.Length} bytes with {payload[0]} probes";
    }

    internal bool MayContain(ulong hash)
    {
        if (_lines == 0)
        {
            return true;
        }

        ReadOnlySpan<byte> line = _payload.AsSpan(_start + LineOf(hash, _lines), TableFormat.FilterLineBytes);
        uint probe = (uint)hash;
        for (int index = 0; index < _probes; index++)
        {
            uint bit = probe >> ProbeShift;
            if ((line[(int)(bit >> 3)] & (1 << (int)(bit & 7))) == 0)
            {
                return false;
            }

            probe *= NextProbe;
        }

        return true;
    }

    private static int LineOf(ulong hash, uint lines)
        => (int)(((hash >> 32) * lines) >> 32) * TableFormat.FilterLineBytes;
}
