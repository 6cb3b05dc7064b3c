using System.Buffers.Binary;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Rdb;

/// <summary>
/// Reads a listpack: 4 bytes of its length, 2 bytes of its number of entries (65535: count them), the entries, 0xff. An entry is an encoding, its bytes,
/// and the length of both, written to be read backwards.
/// </summary>
internal ref struct ListpackReader
{
    private const int HeadBytes = 6;

    private const byte End = 0xFF;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _count;

    /// <exception cref="InvalidDataException">Length or end are wrong.</exception>
    public ListpackReader(ReadOnlySpan<byte> bytes)
    {
        RdbReader.Check(bytes.Length > HeadBytes && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == bytes.Length && bytes[^1] == End);
        _bytes = bytes;
        _at = HeadBytes;
    }

    /// <summary>Reads the next entry as text; what is an integer is formatted into <paramref name="digits"/>. False: there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are no listpack.</exception>
    public bool TryRead(Span<byte> digits, out ReadOnlySpan<byte> text)
    {
        text = default;
        RdbReader.Check(_at < _bytes.Length);
        if (_bytes[_at] == End)
        {
            int stated = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[sizeof(uint)..]);
            RdbReader.Check(_at == _bytes.Length - 1 && (stated == ushort.MaxValue || stated == _count));
            return false;
        }

        _count++;
        int start = _at;
        byte first = Take(1)[0];
        if (first < 0x80)
        {
            text = Format(first, digits);
        }
        else if (first < 0xC0)
        {
            text = Take(first & 0x3F);
        }
        else if (first < 0xE0)
        {
            int value = ((first & 0x1F) << 8) | Take(1)[0];
            text = Format(value >= 1 << 12 ? value - (1 << 13) : value, digits);
        }
        else if (first < 0xF0)
        {
            text = Take(((first & 0x0F) << 8) | Take(1)[0]);
        }
        else
        {
            text = ReadLong(first, digits);
        }

        Span<byte> back = stackalloc byte[ListpackWriter.BackBytesMax];
        int backBytes = ListpackWriter.WriteBack(back, _at - start);
        RdbReader.Check(Take(backBytes).SequenceEqual(back[..backBytes]));
        return true;
    }

    private ReadOnlySpan<byte> ReadLong(byte first, Span<byte> digits)
    {
        switch (first)
        {
            case 0xF0:
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                RdbReader.Check(length <= int.MaxValue);
                return Take((int)length);
            case 0xF1:
                return Format(BinaryPrimitives.ReadInt16LittleEndian(Take(2)), digits);
            case 0xF2:
                ReadOnlySpan<byte> three = Take(3);
                return Format((((sbyte)three[2] << 8) | three[1]) << 8 | three[0], digits);
            case 0xF3:
                return Format(BinaryPrimitives.ReadInt32LittleEndian(Take(4)), digits);
            case 0xF4:
                return Format(BinaryPrimitives.ReadInt64LittleEndian(Take(8)), digits);
            default:
                throw new InvalidDataException("a listpack has an unknown encoding");
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

/// <summary>Writes listpacks, with the shortest encoding for each entry: the bytes are Redis's.</summary>
internal sealed class ListpackWriter
{
    public const int BackBytesMax = 5;

    private const int HeadBytes = 6;

    private const byte End = 0xFF;

    private readonly RdbBuffer _bytes = new();
    private int _count;

    public ListpackWriter()
    {
        Clear();
    }

    public int Count => _count;

    /// <summary>Bytes of the listpack so far, its end included.</summary>
    public int ByteCount => _bytes.Length + 1;

    public void Clear()
    {
        _bytes.Clear();
        _bytes.Reserve(HeadBytes);
        _bytes.Advance(HeadBytes);
        _count = 0;
    }

    /// <summary>The whole listpack. Nothing may be added afterwards, until it is cleared.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        _bytes.Add(End);
        Span<byte> head = _bytes.Written;
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)_bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(head[sizeof(uint)..], (ushort)Math.Min(_count, ushort.MaxValue));
        return _bytes.Written;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        if (CanonicalInteger.TryParse(text, out long value))
        {
            Add(value);
            return;
        }

        int start = _bytes.Length;
        if (text.Length < 1 << 6)
        {
            _bytes.Add((byte)(0x80 | text.Length));
        }
        else if (text.Length < 1 << 12)
        {
            _bytes.Add((byte)(0xE0 | (text.Length >> 8)));
            _bytes.Add((byte)text.Length);
        }
        else
        {
            _bytes.Add(0xF0);
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.Reserve(sizeof(int)), text.Length);
            _bytes.Advance(sizeof(int));
        }

        _bytes.Add(text);
        EndEntry(start);
    }

    public void Add(long value)
    {
        int start = _bytes.Length;
        if (value is >= 0 and <= 127)
        {
            _bytes.Add((byte)value);
        }
        else if (value is >= -4096 and <= 4095)
        {
            _bytes.Add((byte)(0xC0 | ((value >> 8) & 0x1F)));
            _bytes.Add((byte)value);
        }
        else
        {
            (byte encoding, int width) = value switch
            {
                >= short.MinValue and <= short.MaxValue => ((byte)0xF1, 2),
                >= -8388608 and <= 8388607 => ((byte)0xF2, 3),
                >= int.MinValue and <= int.MaxValue => ((byte)0xF3, 4),
                _ => ((byte)0xF4, 8),
            };
            _bytes.Add(encoding);
            for (int i = 0; i < width; i++)
            {
                _bytes.Add((byte)(value >> (8 * i)));
            }
        }

        EndEntry(start);
    }

    /// <summary>Writes an entry's length as it stands behind it: seven bits a byte, the most significant first, a bit set on all but the first.</summary>
    public static int WriteBack(Span<byte> target, int entryBytes)
    {
        // Redis's limits, which leave the largest number of each width unused but the first.
        int count = entryBytes <= 127 ? 1 : entryBytes < 16383 ? 2 : entryBytes < 2097151 ? 3 : entryBytes < 268435455 ? 4 : 5;
        for (int i = 0; i < count; i++)
        {
            target[i] = (byte)(((entryBytes >> (7 * (count - 1 - i))) & 0x7F) | (i == 0 ? 0 : 0x80));
        }

        return count;
    }

    private void EndEntry(int start)
    {
        Span<byte> back = stackalloc byte[BackBytesMax];
        _bytes.Add(back[..WriteBack(back, _bytes.Length - start)]);
        _count++;
    }
}
