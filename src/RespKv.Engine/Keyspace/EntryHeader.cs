using System.Buffers.Binary;

namespace RespKv.Engine.Keyspace;

/// <summary>
/// The layout of an entry in its cell (in memory only, little-endian):
/// <code>
///   u32     bits 0-2 type, 3-5 encoding, 6 has an expiry, 7 raw string, 8-31 access clock
///   i64     expiry, Unix milliseconds; only with bit 6
///   varint  key length
///   Inline:  varint value length, key, value
///   Integer: key, i64 value
///   Large:   i32 value length, i32 number in LargeValues
///   Object:  key, i64 number in CollectionTable
/// </code>
/// The value of a collection is Inline (<see cref="Collections.PackedElements"/>) or Object; behind a key that is too long for a
/// cell it is Large, with the eight bytes of its number as value.
/// </summary>
internal readonly struct EntryHeader
{
    public const int ExpiryOffset = 4;

    private const int EncodingShift = 3;
    private const uint ThreeBits = 7;
    private const uint ExpiryBit = 1 << 6;
    private const uint RawBit = 1 << 7;
    private const int ClockShift = 8;
    private const int LargeTailBytes = 8;

    private readonly uint _bits;

    private EntryHeader(uint bits)
    {
        _bits = bits;
    }

    public EntryHeader(ValueType type, EntryEncoding encoding, bool hasExpiry, bool isRaw, uint clock)
        : this((uint)type | ((uint)encoding << EncodingShift) | (hasExpiry ? ExpiryBit : 0) | (isRaw ? RawBit : 0) | (clock << ClockShift))
    {
    }

    public ValueType Type => (ValueType)(_bits & ThreeBits);

    public EntryEncoding Encoding => (EntryEncoding)((_bits >> EncodingShift) & ThreeBits);

    public bool HasExpiry => (_bits & ExpiryBit) != 0;

    /// <summary>A string: was written to in part, so that it may have room to grow. A collection: its encoding is no longer the compact one.</summary>
    public bool IsRaw => (_bits & RawBit) != 0;

    public uint Clock => _bits >> ClockShift;

    public EntryHeader WithRaw(bool isRaw) => new(isRaw ? _bits | RawBit : _bits & ~RawBit);

    public EntryHeader WithClock(uint clock) => new((_bits & 0xFF) | (clock << ClockShift));

    /// <summary>Where the key length stands.</summary>
    public int LengthsOffset => (_bits & ExpiryBit) != 0 ? ExpiryOffset + sizeof(long) : ExpiryOffset;

    public static EntryHeader Read(ReadOnlySpan<byte> cell) => new(BinaryPrimitives.ReadUInt32LittleEndian(cell));

    public void Write(Span<byte> cell) => BinaryPrimitives.WriteUInt32LittleEndian(cell, _bits);

    /// <summary>Bytes of the cell before the key (Inline, Integer), or altogether (Large).</summary>
    public int HeadBytes(int keyLength, int valueLength) => LengthsOffset + VarintBytes(keyLength) + Encoding switch
    {
        EntryEncoding.Inline => VarintBytes(valueLength),
        EntryEncoding.Integer or EntryEncoding.Object => 0,
        _ => LargeTailBytes,
    };

    /// <summary>Bytes of the whole cell.</summary>
    public long CellBytes(int keyLength, int valueLength) => Encoding switch
    {
        EntryEncoding.Inline => (long)HeadBytes(keyLength, valueLength) + keyLength + valueLength,
        EntryEncoding.Integer or EntryEncoding.Object => (long)HeadBytes(keyLength, valueLength) + keyLength + sizeof(long),
        _ => HeadBytes(keyLength, valueLength),
    };

    public static int VarintBytes(int value) => value switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        < 1 << 28 => 4,
        _ => 5,
    };

    public static int ReadVarint(ReadOnlySpan<byte> cell, ref int offset)
    {
        int value = cell[offset++];
        if (value < 0x80)
        {
            return value;
        }

        value &= 0x7F;
        for (int shift = 7; ; shift += 7)
        {
            int next = cell[offset++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    public static int WriteVarint(Span<byte> cell, int offset, int value)
    {
        uint rest = (uint)value;
        while (rest >= 0x80)
        {
            cell[offset++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        cell[offset++] = (byte)rest;
        return offset;
    }
}
