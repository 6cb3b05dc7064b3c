using System.Runtime.CompilerServices;

namespace RespKv.Storage.Mutations;

/// <summary>
/// LEB128: 7 bits a byte, least significant first, the high bit set on all but the last. One spelling for each number:
/// a reader refuses padding, so that equal mutations have equal bytes.
/// </summary>
internal static class Varint
{
    internal const int Bytes32Max = 5;
    internal const int Bytes64Max = 10;

    private const ulong More = 0x80;
    private const int BitsPerByte = 7;

    /// <summary>Returns the bytes written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Write(Span<byte> destination, ulong value)
    {
        if (value < More)
        {
            destination[0] = (byte)value;
            return 1;
        }

        return WriteLong(destination, value);
    }

    /// <summary>Returns the bytes read; 0 when the data ends inside the number or is not one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Read(ReadOnlySpan<byte> source, out ulong value)
    {
        if (source.Length > 0 && source[0] < More)
        {
            value = source[0];
            return 1;
        }

        return ReadLong(source, out value);
    }

    private static int WriteLong(Span<byte> destination, ulong value)
    {
        int count = 0;
        while (value >= More)
        {
            destination[count++] = (byte)(value | More);
            value >>= BitsPerByte;
        }

        destination[count++] = (byte)value;
        return count;
    }

    private static int ReadLong(ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        int limit = Math.Min(source.Length, Bytes64Max);
        for (int index = 0; index < limit; index++)
        {
            ulong bits = source[index];
            value |= (bits & (More - 1)) << (index * BitsPerByte);
            if (bits < More)
            {
                bool padded = bits == 0;
                bool overflows = index == Bytes64Max - 1 && bits > 1;
                return padded || overflows ? 0 : index + 1;
            }
        }

        return 0;
    }
}
