using System.Buffers.Binary;
using System.Numerics;

namespace RespKv.Engine.Commands.Bitmaps;

/// <summary>
/// A range of a string's bits, both ends included; bit 0 is the most significant one of the first byte. It lies within the string, or is empty.
/// </summary>
/// <param name="First">Its first bit.</param>
/// <param name="Last">Its last bit; below <paramref name="First"/> for an empty range.</param>
internal readonly record struct BitRange(long First, long Last)
{
    private const int BitsPerByte = 8;

    public bool IsEmpty => First > Last;

    /// <summary>From <paramref name="start"/> to <paramref name="end"/>, in bits or bytes; negative ones count from the end.</summary>
    public static BitRange Of(long start, long end, bool countsBits, int valueBytes)
    {
        long length = countsBits ? (long)valueBytes * BitsPerByte : valueBytes;
        start = Math.Max(0, start < 0 ? length + start : start);
        end = Math.Min(length - 1, Math.Max(0, end < 0 ? length + end : end));
        if (start > end)
        {
            return new BitRange(0, -1);
        }

        return countsBits ? new BitRange(start, end) : new BitRange(start * BitsPerByte, (end * BitsPerByte) + BitsPerByte - 1);
    }

    /// <summary>Bits that are 1.</summary>
    public long Count(ReadOnlySpan<byte> value)
    {
        if (IsEmpty)
        {
            return 0;
        }

        ReadOnlySpan<byte> bytes = Bytes(value);
        long count = 0;
        int at = 0;
        for (; at + sizeof(ulong) <= bytes.Length; at += sizeof(ulong))
        {
            count += BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
        }

        for (; at < bytes.Length; at++)
        {
            count += BitOperations.PopCount(bytes[at]);
        }

        return count - BitOperations.PopCount((uint)bytes[0] & ~FirstMask) - BitOperations.PopCount((uint)bytes[^1] & ~LastMask);
    }

    /// <summary>The first bit that is <paramref name="bit"/>, -1 if there is none.</summary>
    public long Find(ReadOnlySpan<byte> value, bool bit)
    {
        if (IsEmpty)
        {
            return -1;
        }

        ReadOnlySpan<byte> bytes = Bytes(value);
        byte skipped = bit ? (byte)0 : (byte)0xFF;
        int at = 0;
        while (at < bytes.Length)
        {
            uint wanted = (uint)(bytes[at] ^ skipped);
            wanted &= at == 0 ? FirstMask : 0xFF;
            wanted &= at == bytes.Length - 1 ? LastMask : 0xFF;
            if (wanted != 0)
            {
                return (((First / BitsPerByte) + at) * BitsPerByte) + BitOperations.LeadingZeroCount(wanted << 24);
            }

            int run = bytes[(at + 1)..].IndexOfAnyExcept(skipped);
            at = run < 0 ? bytes.Length : at + 1 + run;
        }

        return -1;
    }

    /// <summary>Of the first byte, the bits that are in the range.</summary>
    private uint FirstMask => 0xFFu >> (int)(First % BitsPerByte);

    /// <summary>Of the last byte, the bits that are in the range.</summary>
    private uint LastMask => 0xFFu & (0xFFu << (int)(BitsPerByte - 1 - (Last % BitsPerByte)));

    private ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> value)
    {
        int first = (int)(First / BitsPerByte);
        return value.Slice(first, (int)(Last / BitsPerByte) - first + 1);
    }
}
