using System.Buffers.Binary;
using RespKv.Protocol;

namespace RespKv.Engine.Rdb;

/// <summary>
/// Reads a ziplist, what Redis packed small collections into before 7.0: 4 bytes of its length, 4 of where its last entry is, 2 of their number (65535: count
/// them), the entries, 0xff. An entry is the length of the one before it, an encoding, and its bytes.
/// </summary>
internal ref struct ZiplistReader
{
    private const int HeadBytes = 10;

    private const byte End = 0xFF;

    private const byte LongLength = 0xFE;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _last;
    private int _count;
    private int _previousBytes;

    /// <exception cref="InvalidDataException">Length or end are wrong.</exception>
    public ZiplistReader(ReadOnlySpan<byte> bytes)
    {
        RdbReader.Check(bytes.Length > HeadBytes && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == bytes.Length && bytes[^1] == End);
        _bytes = bytes;
        _at = HeadBytes;
        _last = HeadBytes;
    }

    /// <inheritdoc cref="ListpackReader.TryRead"/>
    public bool TryRead(Span<byte> digits, out ReadOnlySpan<byte> text)
    {
        text = default;
        RdbReader.Check(_at < _bytes.Length);
        if (_bytes[_at] == End)
        {
            int stated = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(2 * sizeof(uint))..]);
            RdbReader.Check(_at == _bytes.Length - 1 && (stated == ushort.MaxValue || stated == _count)
                && BinaryPrimitives.ReadUInt32LittleEndian(_bytes[sizeof(uint)..]) == _last);
            return false;
        }

        _count++;
        _last = _at;
        uint before = Take(1)[0];
        before = before == LongLength ? BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))) : before;
        RdbReader.Check(before == _previousBytes);
        text = ReadValue(Take(1)[0], digits);
        _previousBytes = _at - _last;
        return true;
    }

    private ReadOnlySpan<byte> ReadValue(byte first, Span<byte> digits)
    {
        switch (first >> 6)
        {
            case 0:
                return Take(first & 0x3F);
            case 1:
                return Take(((first & 0x3F) << 8) | Take(1)[0]);
            case 2:
                RdbReader.Check(first == 0x80);
                uint length = BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));
                RdbReader.Check(length <= int.MaxValue);
                return Take((int)length);
            default:
                return Format(ReadInteger(first), digits);
        }
    }

    private long ReadInteger(byte first)
    {
        switch (first)
        {
            case 0xC0:
                return BinaryPrimitives.ReadInt16LittleEndian(Take(2));
            case 0xD0:
                return BinaryPrimitives.ReadInt32LittleEndian(Take(4));
            case 0xE0:
                return BinaryPrimitives.ReadInt64LittleEndian(Take(8));
            case 0xF0:
                ReadOnlySpan<byte> three = Take(3);
                return (((sbyte)three[2] << 8) | three[1]) << 8 | three[0];
            case 0xFE:
                return (sbyte)Take(1)[0];
            default:
                RdbReader.Check(first is >= 0xF1 and <= 0xFD);
                return (first & 0x0F) - 1;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        // The last byte is the end's.
        RdbReader.Check(count < _bytes.Length - _at);
        ReadOnlySpan<byte> taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    private static ReadOnlySpan<byte> Format(long value, Span<byte> digits) => digits[..RespNumber.FormatInt64(value, digits)];
}

/// <summary>
/// Reads a zipmap, what Redis packed small hashes into before 2.6: their number (254: count them), then fields and values, 0xff. A length is a byte, or 254 and
/// 4 bytes; behind a value's length stands how many bytes behind the value are unused.
/// </summary>
internal ref struct ZipmapReader
{
    private const byte End = 0xFF;

    private const byte Long = 0xFE;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _count;

    /// <exception cref="InvalidDataException">The end is wrong.</exception>
    public ZipmapReader(ReadOnlySpan<byte> bytes)
    {
        RdbReader.Check(bytes.Length > 1 && bytes[^1] == End);
        _bytes = bytes;
        _at = 1;
    }

    /// <summary>Reads the next field with its value. False: there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are no zipmap.</exception>
    public bool TryRead(out ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value)
    {
        field = default;
        value = default;
        RdbReader.Check(_at < _bytes.Length);
        if (_bytes[_at] == End)
        {
            RdbReader.Check(_at == _bytes.Length - 1 && (_bytes[0] >= Long || _bytes[0] == _count));
            return false;
        }

        _count++;
        field = Take(ReadLength());
        int length = ReadLength();
        int unused = Take(1)[0];
        value = Take(length);
        Take(unused);
        return true;
    }

    private int ReadLength()
    {
        byte first = Take(1)[0];
        if (first < Long)
        {
            return first;
        }

        RdbReader.Check(first == Long);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
        RdbReader.Check(length <= int.MaxValue);
        return (int)length;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        RdbReader.Check(count < _bytes.Length - _at);
        ReadOnlySpan<byte> taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }
}
