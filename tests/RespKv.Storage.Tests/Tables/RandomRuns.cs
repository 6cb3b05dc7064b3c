using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

/// <summary>
/// Random tables with LSN ranges as checkpoints and compactions leave them: ranges in a row, some of them covered by one
/// that was merged from them and is only partly written yet, some cut into several tables.
/// </summary>
internal sealed class RandomRuns : IDisposable
{
    private readonly SimulatedFileSystem _files = TableMaker.NewDisk();
    private readonly List<(long First, long Last, List<TestEntry> Entries)> _tables = [];

    internal List<MergeSource> Sources { get; } = [];

    internal static RandomRuns Make(Random random)
    {
        var runs = new RandomRuns();
        long lsn = 1;
        for (int run = random.Next(1, 9); run > 0; run--)
        {
            long last = lsn + random.Next(4);
            runs.AddRun(random, lsn, last);
            if (lsn > 1 && random.Next(4) == 0)
            {
                runs.AddRun(random, random.NextInt64(1, lsn), last);
            }

            lsn = last + 1;
        }

        return runs;
    }

    internal static string RandomKey(Random random) => TableMaker.RandomText(random, "ab", random.Next(7));

    /// <summary>What the rule makes of all versions of each key.</summary>
    internal List<TestEntry> Expected(bool isBottom)
    {
        var expected = new List<TestEntry>();
        var versions = _tables.SelectMany(table => table.Entries.Select(entry => (table.First, table.Last, entry)));
        foreach (var group in versions.GroupBy(version => version.entry.Key).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var chain = new List<TestEntry>();
            long bound = long.MaxValue;
            foreach ((long first, long last, TestEntry entry) in group.OrderByDescending(version => version.Last).ThenBy(version => version.First))
            {
                if (last < bound && (chain.Count == 0 || chain[^1].Kind == TableEntryKind.Patch))
                {
                    chain.Add(entry);
                    bound = first;
                }
            }

            Resolve(group.Key, chain, isBottom, expected);
        }

        return expected;
    }

    public void Dispose()
    {
        foreach (MergeSource source in Sources)
        {
            source.Table.Dispose();
        }
    }

    private static void Resolve(string key, List<TestEntry> chain, bool isBottom, List<TestEntry> expected)
    {
        bool isKnown = isBottom || chain[^1].Kind != TableEntryKind.Patch;
        if (isKnown)
        {
            StringModel? state = null;
            foreach (TestEntry entry in Enumerable.Reverse(chain))
            {
                state = StringModel.Apply(state, entry);
            }

            if (state is not null)
            {
                expected.Add(TestEntry.Value(key, state.Value, state.ExpireAtMillis));
            }
            else if (!isBottom)
            {
                expected.Add(TestEntry.Tombstone(key));
            }

            return;
        }

        // Patches alone: their common meaning is the matter of other tests.
        var fold = new EntryFold();
        foreach (TestEntry entry in Enumerable.Reverse(chain))
        {
            fold.Apply(new TableEntry(entry.Kind, entry.Type, entry.ExpireAtMillis, System.Text.Encoding.Latin1.GetBytes(entry.Bytes)));
        }

        expected.Add(TestEntry.Of(System.Text.Encoding.Latin1.GetBytes(key), fold.Entry));
    }

    private void AddRun(Random random, long first, long last)
    {
        var entries = new SortedDictionary<string, TestEntry>(StringComparer.Ordinal);
        for (int count = random.Next(40); count >= 0; count--)
        {
            string key = RandomKey(random);
            entries[key] = TableMaker.RandomEntry(random, key, isWithElements: false);
        }

        foreach (TestEntry[] part in entries.Values.Chunk(random.Next(1, 50)))
        {
            string path = TableMaker.PathOf(Sources.Count + 1);
            TableMaker.Write(_files, part, path: path, firstLsn: first, lastLsn: last);
            Sources.Add(new MergeSource(TableReader.Open(_files, path), first, last));
            _tables.Add((first, last, [.. part]));
        }
    }
}
