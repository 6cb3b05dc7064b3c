namespace RespKv.Engine.Commands.Strings;

/// <summary>A run of bytes that two strings have in common; ends are included.</summary>
internal readonly record struct CommonRange(int FirstStart, int FirstEnd, int SecondStart, int SecondEnd)
{
    public int Length => FirstEnd - FirstStart + 1;
}

/// <summary>
/// The longest common subsequence of two byte strings, by dynamic programming. Where several are equally long it chooses as Redis
/// does: from the end, and on a tie a step back in the second string.
/// </summary>
/// <remarks>
/// The length alone needs one row of the table, and the way back one bit per cell: where it leads from a cell
/// whose bytes differ. That is 1/32 of the table that Redis builds.
/// </remarks>
internal readonly ref struct LongestCommonSubsequence
{
    private readonly ReadOnlySpan<byte> _first;
    private readonly ReadOnlySpan<byte> _second;

    /// <summary>Row by row, one bit per cell: set when the way back is a step in the first string. Empty when only the length is wanted.</summary>
    private readonly ulong[] _stepsInFirst;

    public LongestCommonSubsequence(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool lengthOnly)
    {
        _first = first;
        _second = second;
        _stepsInFirst = lengthOnly ? [] : new ulong[(((long)first.Length * second.Length) + 63) / 64];
        Length = Fill();
    }

    public int Length { get; }

    /// <summary>Writes the subsequence into <paramref name="text"/>, which has room for <see cref="Length"/> bytes, and its ranges, last first.</summary>
    public void Trace(Span<byte> text, List<CommonRange> ranges)
    {
        int i = _first.Length;
        int j = _second.Length;
        int position = Length;
        int start = -1;
        int end = -1;
        int offset = 0;
        while (i > 0 && j > 0)
        {
            if (_first[i - 1] == _second[j - 1])
            {
                // Two matches in a row are always neighbours, so a range ends only where bytes differ.
                i--;
                j--;
                text[--position] = _first[i];
                end = start < 0 ? i : end;
                start = i;
                offset = j - i;
                continue;
            }

            Close(ranges, ref start, end, offset);
            if (StepsInFirst(i, j))
            {
                i--;
            }
            else
            {
                j--;
            }
        }

        Close(ranges, ref start, end, offset);
    }

    private static void Close(List<CommonRange> ranges, ref int start, int end, int offset)
    {
        if (start >= 0)
        {
            ranges.Add(new CommonRange(start, end, start + offset, end + offset));
            start = -1;
        }
    }

    private int Fill()
    {
        int[] lengths = new int[_second.Length + 1];
        for (int i = 1; i <= _first.Length; i++)
        {
            byte a = _first[i - 1];
            int diagonal = 0;
            int left = 0;
            for (int j = 1; j <= _second.Length; j++)
            {
                int above = lengths[j];
                if (a == _second[j - 1])
                {
                    left = diagonal + 1;
                }
                else if (above > left)
                {
                    left = above;
                    MarkStepInFirst(i, j);
                }

                diagonal = above;
                lengths[j] = left;
            }
        }

        return lengths[^1];
    }

    private void MarkStepInFirst(int i, int j)
    {
        if (_stepsInFirst.Length > 0)
        {
            long cell = Cell(i, j);
            _stepsInFirst[cell >> 6] |= 1UL << (int)(cell & 63);
        }
    }

    private bool StepsInFirst(int i, int j)
    {
        long cell = Cell(i, j);
        return (_stepsInFirst[cell >> 6] & (1UL << (int)(cell & 63))) != 0;
    }

    private long Cell(int i, int j) => ((long)(i - 1) * _second.Length) + j - 1;
}
