namespace RespKv.Engine.Rdb;

/// <summary>
/// The compression of strings in Redis's payloads (Marc Lehmann's LibLZF format). Compressed bytes are instructions:
/// <code>
/// 000LLLLL                       L+1 bytes follow as they are
/// LLLooooo oooooooo              L+2 bytes (L is 1 to 6) as they stand o+1 bytes before
/// 111ooooo LLLLLLLL oooooooo     L+9 bytes as they stand o+1 bytes before
/// </code>
/// The places that the compressor looks at are LibLZF's (one per hash of three bytes, two noted behind a match), so that the bytes are equal to Redis's.
/// </summary>
internal static class Lzf
{
    /// <summary>Most bytes that one byte of input can become: three make 264.</summary>
    public const int ExpansionMax = 88;

    private const int HashBits = 16;

    private const int LiteralsMax = 32;

    private const int DistanceMax = 1 << 13;

    private const int MatchMax = 264;

    /// <summary>Shorter ones have their length in the first byte.</summary>
    private const int LongMatch = 7 + 2;

    private const int UnrolledBytes = 16;

    [ThreadStatic]
    private static int[]? _table;

    /// <summary>Compresses into <paramref name="target"/>; returns how many bytes, 0 when they would not fit.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.IsEmpty || target.IsEmpty)
        {
            return 0;
        }

        int[] places = _table ??= new int[1 << HashBits];
        Array.Clear(places);
        int at = 0;
        int literals = 0;

        // The byte in front of a run of literals is kept free for their number.
        int end = 1;
        while (at < source.Length - 2)
        {
            int hash = Hash(source, at);
            int place = places[hash];
            places[hash] = at;
            if (place > 0 && at - place - 1 < DistanceMax
                && source[place] == source[at] && source[place + 1] == source[at + 1] && source[place + 2] == source[at + 2])
            {
                if (end - (literals == 0 ? 1 : 0) + 4 >= target.Length)
                {
                    return 0;
                }

                end = EndLiterals(target, end, literals);
                int length = MatchLength(source, place, at);
                end = WriteMatch(target, end, at - place - 1, length);
                literals = 0;
                end++;
                at += length;
                if (at >= source.Length - 2)
                {
                    break;
                }

                places[Hash(source, at - 2)] = at - 2;
                places[Hash(source, at - 1)] = at - 1;
                continue;
            }

            if (end >= target.Length)
            {
                return 0;
            }

            AddLiteral(source, target, ref at, ref end, ref literals);
        }

        if (end + 3 > target.Length)
        {
            return 0;
        }

        while (at < source.Length)
        {
            AddLiteral(source, target, ref at, ref end, ref literals);
        }

        return EndLiterals(target, end, literals);
    }

    /// <summary>Fills <paramref name="target"/>, exactly.</summary>
    /// <exception cref="InvalidDataException">The bytes are not what was compressed to that length.</exception>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int at = 0;
        int end = 0;
        while (at < source.Length)
        {
            int first = source[at++];
            if (first < LiteralsMax)
            {
                int count = first + 1;
                Check(count <= source.Length - at && count <= target.Length - end);
                source.Slice(at, count).CopyTo(target[end..]);
                at += count;
                end += count;
                continue;
            }

            int length = first >> 5;
            if (length == 7)
            {
                Check(at < source.Length);
                length += source[at++];
            }

            length += 2;
            Check(at < source.Length);
            int from = end - (((first & 0x1F) << 8) | source[at++]) - 1;
            Check(from >= 0 && length <= target.Length - end);
            for (int i = 0; i < length; i++)
            {
                // Byte by byte: what it reads it may have just written.
                target[end + i] = target[from + i];
            }

            end += length;
        }

        Check(end == target.Length);
    }

    private static int Hash(ReadOnlySpan<byte> source, int at)
    {
        uint value = ((uint)source[at] << 16) | ((uint)source[at + 1] << 8) | source[at + 2];
        return (int)(((value >> (24 - HashBits)) - (value * 5)) & ((1 << HashBits) - 1));
    }

    private static void AddLiteral(ReadOnlySpan<byte> source, Span<byte> target, ref int at, ref int end, ref int literals)
    {
        target[end++] = source[at++];
        if (++literals == LiteralsMax)
        {
            target[end - literals - 1] = LiteralsMax - 1;
            literals = 0;
            end++;
        }
    }

    /// <summary>Writes the number of literals in front of them; without any the byte is free again. Returns where to go on.</summary>
    private static int EndLiterals(Span<byte> target, int end, int literals)
    {
        if (literals == 0)
        {
            return end - 1;
        }

        target[end - literals - 1] = (byte)(literals - 1);
        return end;
    }

    /// <summary>LibLZF leaves the last two bytes over, unless it has not looked: its first 16 comparisons are made without, where there is room for them.</summary>
    private static int MatchLength(ReadOnlySpan<byte> source, int place, int at)
    {
        int max = Math.Min(source.Length - at - 2, MatchMax);
        int length = 3;
        if (max > UnrolledBytes)
        {
            while (length < 3 + UnrolledBytes && source[place + length] == source[at + length])
            {
                length++;
            }

            if (length < 3 + UnrolledBytes)
            {
                return length;
            }
        }

        while (length < max && source[place + length] == source[at + length])
        {
            length++;
        }

        return length;
    }

    private static int WriteMatch(Span<byte> target, int end, int distance, int length)
    {
        if (length < LongMatch)
        {
            target[end++] = (byte)((distance >> 8) + ((length - 2) << 5));
        }
        else
        {
            target[end++] = (byte)((distance >> 8) + (7 << 5));
            target[end++] = (byte)(length - LongMatch);
        }

        target[end++] = (byte)distance;
        return end;
    }

    private static void Check(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidDataException("compressed bytes are damaged");
        }
    }
}
