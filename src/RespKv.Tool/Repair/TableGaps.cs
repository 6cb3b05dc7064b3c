using RespKv.Storage.Files;
using RespKv.Storage.Tables;

namespace RespKv.Tool.Repair;

/// <summary>A damaged stretch of a table.</summary>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="After">The last sound key before it; null when there is none.</param>
/// <param name="Before">The first sound key behind it; null when there is none.</param>
internal sealed record Gap(long Offset, long Bytes, string Problem, byte[]? After, byte[]? Before);

/// <summary>Finds between which keys the entries of a damaged table are missing.</summary>
internal static class TableGaps
{
    /// <returns>How many entries are sound, and the gaps.</returns>
    internal static (long Entries, List<Gap> Gaps) Find(IFileSystem files, string path, CancellationToken cancel)
    {
        long entries = 0;
        byte[]? lastKey = null;
        long end = 0;
        var gaps = new List<Gap>();
        using var walk = new TableWalk(files, path);
        while (walk.NextBlock())
        {
            cancel.ThrowIfCancellationRequested();
            end = walk.Offset + walk.Bytes;
            if (walk.Problem is { } problem)
            {
                gaps.Add(new Gap(walk.Offset, walk.Bytes, problem, lastKey, null));
                continue;
            }

            for (bool isFirst = true; walk.NextEntry(); isFirst = false)
            {
                entries++;
                lastKey = walk.Key.ToArray();
                if (isFirst)
                {
                    Bound(gaps, lastKey);
                }
            }

            if (walk.Problem is { } inBlock)
            {
                gaps.Add(new Gap(walk.Offset, walk.Bytes, inBlock, lastKey, null));
            }
        }

        if (gaps.Count == 0)
        {
            // Blocks follow each other: what is missing came behind the last one.
            gaps.Add(new Gap(end, 0, "the table ends here", lastKey, null));
        }

        return (entries, gaps);
    }

    private static void Bound(List<Gap> gaps, byte[] key)
    {
        for (int index = gaps.Count - 1; index >= 0 && gaps[index].Before is null; index--)
        {
            gaps[index] = gaps[index] with { Before = key };
        }
    }
}
