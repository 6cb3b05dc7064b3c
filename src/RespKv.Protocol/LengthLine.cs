using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RespKv.Protocol;

internal enum LineStatus
{
    Found,
    Incomplete,
    TooLong,
}

/// <summary>Reads the lines <c>*3 CR LF</c> and <c>$5 CR LF</c>, and finds the end of any line of a request.</summary>
internal static class LengthLine
{
    /// <summary>CR and the byte behind it, which is taken for an LF without a look, as in Redis.</summary>
    public const int EndBytes = 2;

    // CR LF in the upper half of a little-endian word.
    private const uint LineEnd = 0x0A0D_0000;
    private const uint LineEndMask = 0xFFFF_0000;

    /// <summary>Length of the shortest piece that can hold a complete argument. Lengths of three digits are inside it too.</summary>
    private const int WindowBytes = 6;

    /// <summary>
    /// Reads a length of one to three digits. False for everything else, be it longer, incomplete or wrong: the caller then
    /// reads the line with care.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadShort(ReadOnlySpan<byte> data, int at, byte marker, out int length, out int next)
    {
        if (data.Length - at >= WindowBytes)
        {
            ReadOnlySpan<byte> window = data.Slice(at, WindowBytes);
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(window);
            uint first = ((word >> 8) & 0xFF) - '0';
            if ((byte)word == marker && first <= 9)
            {
                if ((word & LineEndMask) == LineEnd)
                {
                    length = (int)first;
                    next = at + 4;
                    return true;
                }

                word = BinaryPrimitives.ReadUInt32LittleEndian(window[1..]);
                uint second = ((word >> 8) & 0xFF) - '0';
                if (first != 0 && second <= 9)
                {
                    if ((word & LineEndMask) == LineEnd)
                    {
                        length = (int)((10 * first) + second);
                        next = at + 5;
                        return true;
                    }

                    word = BinaryPrimitives.ReadUInt32LittleEndian(window[2..]);
                    uint third = ((word >> 8) & 0xFF) - '0';
                    if (third <= 9 && (word & LineEndMask) == LineEnd)
                    {
                        length = (int)((100 * first) + (10 * second) + third);
                        next = at + 6;
                        return true;
                    }
                }
            }
        }

        length = 0;
        next = 0;
        return false;
    }

    /// <summary>
    /// Finds the end of the line that starts at <paramref name="start"/>. <paramref name="searched"/> is where to look from, and is
    /// moved on, so that a line that comes byte by byte is searched once.
    /// </summary>
    /// <remarks>
    /// Redis looks with strchr: a NUL hides everything behind it, and such a line ends as too long. Where Redis lets a line
    /// pass that is too long but came in one piece, this does not: how the bytes were cut must not matter.
    /// </remarks>
    /// <param name="request">Bytes from the request's start.</param>
    /// <param name="start">Where the line starts.</param>
    /// <param name="searched">No end lies before this.</param>
    /// <param name="terminator">CR, which must have a byte behind it, or LF.</param>
    /// <param name="bytesMax">Bound on the line's bytes before the terminator.</param>
    /// <param name="end">Position of the terminator.</param>
    public static LineStatus Find(ReadOnlySpan<byte> request, int start, ref int searched, byte terminator, int bytesMax, out int end)
    {
        int found = request[searched..].IndexOfAny(terminator, (byte)0);
        end = found < 0 ? request.Length : searched + found;
        searched = end;
        bool hidden = found >= 0 && request[end] == 0;
        if ((hidden ? request.Length : end) - start > bytesMax)
        {
            return LineStatus.TooLong;
        }

        if (found < 0 || hidden || (terminator == (byte)'\r' && end + 1 == request.Length))
        {
            return LineStatus.Incomplete;
        }

        return LineStatus.Found;
    }
}
