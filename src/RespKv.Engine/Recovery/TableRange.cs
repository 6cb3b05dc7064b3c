using System.Buffers.Binary;
using RespKv.Storage.Tables;

namespace RespKv.Engine.Recovery;

/// <summary>A part of one database's keys that one thread reads: table keys from <see cref="Start"/> on, below <see cref="End"/>.</summary>
/// <param name="Database">The database's number.</param>
/// <param name="Start">The first table key that may be in it.</param>
/// <param name="End">The first behind it; null when nothing is.</param>
/// <param name="Sources">The tables that have keys in it, perhaps.</param>
internal sealed record TableRange(int Database, byte[] Start, byte[]? End, IReadOnlyList<MergeSource> Sources)
{
    /// <summary>Bytes of tables between two places where ranges may be cut.</summary>
    private const long StepBytes = 1 << 20;

    /// <summary>
    /// The keys of the live spaces in ranges with about equally many bytes of tables. Spaces that no database has are in none.
    /// </summary>
    /// <param name="sources">All tables.</param>
    /// <param name="spaces">Database to space.</param>
    /// <param name="count">About how many ranges.</param>
    public static List<TableRange> Split(IReadOnlyList<MergeSource> sources, IReadOnlyDictionary<int, uint> spaces, int count)
    {
        List<byte[]> cuts = Cuts(sources, count);
        var ranges = new List<TableRange>();
        foreach ((int database, uint space) in spaces.OrderBy(pair => pair.Value))
        {
            byte[] start = SpaceStart(space);
            byte[]? end = space == uint.MaxValue ? null : SpaceStart(space + 1);
            foreach (byte[] cut in cuts)
            {
                if (Compare(cut, start) > 0 && (end is null || Compare(cut, end) < 0))
                {
                    Add(ranges, database, start, cut, sources);
                    start = cut;
                }
            }

            Add(ranges, database, start, end, sources);
        }

        return ranges;
    }

    private static void Add(List<TableRange> ranges, int database, byte[] start, byte[]? end, IReadOnlyList<MergeSource> sources)
    {
        MergeSource[] overlapping = [.. sources.Where(source => Overlaps(source.Table.Properties, start, end))];
        if (overlapping.Length > 0)
        {
            ranges.Add(new TableRange(database, start, end, overlapping));
        }
    }

    private static bool Overlaps(TableProperties table, byte[] start, byte[]? end)
        => table.Entries > 0 && Compare(table.LargestKey, start) >= 0 && (end is null || Compare(table.SmallestKey, end) < 0);

    /// <summary>Places that have about the same bytes of tables between them, in order.</summary>
    private static List<byte[]> Cuts(IReadOnlyList<MergeSource> sources, int count)
    {
        List<(byte[] Key, long Bytes)> steps = [];
        foreach (MergeSource source in sources)
        {
            AddSteps(source.Table, steps);
        }

        steps.Sort((left, right) => Compare(left.Key, right.Key));
        long bytesPerRange = Math.Max(StepBytes, steps.Sum(step => step.Bytes) / count);
        List<byte[]> cuts = [];
        long bytes = 0;
        foreach ((byte[] key, long step) in steps)
        {
            if (bytes >= bytesPerRange)
            {
                cuts.Add(key);
                bytes = 0;
            }

            bytes += step;
        }

        return cuts;
    }

    private static void AddSteps(TableReader table, List<(byte[] Key, long Bytes)> steps)
    {
        long blockBytes = Math.Max(1, table.Properties.FileBytes / Math.Max(1, table.BlockCount));
        int blocks = (int)Math.Max(1, StepBytes / blockBytes);
        for (int block = 0; block < table.BlockCount; block += blocks)
        {
            byte[] key = block == 0 ? table.Properties.SmallestKey : table.BlockLowerBound(block).ToArray();
            steps.Add((key, Math.Min(blocks, table.BlockCount - block) * blockBytes));
        }
    }

    private static byte[] SpaceStart(uint space)
    {
        byte[] start = new byte[TableKey.SpaceBytes];
        BinaryPrimitives.WriteUInt32BigEndian(start, space);
        return start;
    }

    private static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceCompareTo(right);
}
