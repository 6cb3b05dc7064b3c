using System.Buffers.Binary;
using RespKv.Protocol;

namespace RespKv.Engine.Rdb;

/// <summary>
/// Reads lengths and strings of a payload. Sizes are checked against the bytes that there are before anything is read or made of them.
/// </summary>
internal ref struct RdbReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Room for an integer's text.</summary>
    public const int DigitsMax = RespNumber.Int64BytesMax;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <exception cref="InvalidDataException">It is not.</exception>
    public static void Check(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidDataException("the payload is damaged");
        }
    }

    /// <exception cref="InvalidDataException">There are not that many.</exception>
    public ReadOnlySpan<byte> ReadBytes(long count)
    {
        Check(count <= _rest.Length);
        ReadOnlySpan<byte> read = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return read;
    }

    public byte ReadByte() => ReadBytes(1)[0];

    /// <summary>A length, or a number of elements.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public long ReadLength()
    {
        long length = ReadLength(out bool isEncoding);
        Check(!isEncoding);
        return length;
    }

    /// <summary>A string; what is an integer is formatted into <paramref name="digits"/>, what is compressed is in an array of its own.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public ReadOnlySpan<byte> ReadString(Span<byte> digits)
    {
        long length = ReadLength(out bool isEncoding);
        if (!isEncoding)
        {
            return ReadBytes(length);
        }

        switch (length)
        {
            case RdbFormat.EncodedInt8:
                return Format((sbyte)ReadByte(), digits);
            case RdbFormat.EncodedInt16:
                return Format(BinaryPrimitives.ReadInt16LittleEndian(ReadBytes(sizeof(short))), digits);
            case RdbFormat.EncodedInt32:
                return Format(BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(sizeof(int))), digits);
            case RdbFormat.EncodedLzf:
                return ReadCompressed();
            default:
                throw new InvalidDataException("a string has an unknown encoding");
        }
    }

    private byte[] ReadCompressed()
    {
        long compressedBytes = ReadLength();
        long length = ReadLength();
        ReadOnlySpan<byte> compressed = ReadBytes(compressedBytes);

        // Before the room for it is made.
        Check(length > 0 && length <= compressedBytes * Lzf.ExpansionMax && length <= Array.MaxLength);
        var text = new byte[length];
        Lzf.Decompress(compressed, text);
        return text;
    }

    private long ReadLength(out bool isEncoding)
    {
        byte first = ReadByte();
        isEncoding = false;
        switch (first >> 6)
        {
            case RdbFormat.Length6:
                return first & 0x3F;
            case RdbFormat.Length14:
                return ((first & 0x3F) << 8) | ReadByte();
            case RdbFormat.LengthEncoded:
                isEncoding = true;
                return first & 0x3F;
            default:
                if (first == RdbFormat.Length32)
                {
                    return BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(sizeof(uint)));
                }

                Check(first == RdbFormat.Length64);
                ulong length = BinaryPrimitives.ReadUInt64BigEndian(ReadBytes(sizeof(ulong)));
                Check(length <= long.MaxValue);
                return (long)length;
        }
    }

    private static ReadOnlySpan<byte> Format(long value, Span<byte> digits) => digits[..RespNumber.FormatInt64(value, digits)];
}
