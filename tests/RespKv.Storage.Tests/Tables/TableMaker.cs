using System.Text;
using RespKv.Storage.Files;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

/// <summary>Makes tables for tests.</summary>
internal static class TableMaker
{
    internal const string DataDirectory = "/data";
    internal const string TablePath = "/data/table-0000000001.tbl";

    /// <summary>Small blocks, so that few entries make many.</summary>
    internal static readonly TableOptions SmallBlocks = new(BlockBytes: 128, RestartInterval: 4, SyncEveryBytes: 4096);

    internal static SimulatedFileSystem NewDisk()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(DataDirectory);
        return files;
    }

    internal static string PathOf(int number) => $"{DataDirectory}/table-{number:D10}.tbl";

    internal static TableProperties Write(
        IFileSystem files, IEnumerable<TestEntry> entries, TableOptions? options = null, string path = TablePath, long firstLsn = 1, long lastLsn = 1)
    {
        using var writer = new TableWriter(files, path, firstLsn, lastLsn, options ?? SmallBlocks, pacer: null);
        foreach (TestEntry entry in entries)
        {
            entry.AddTo(writer);
        }

        return writer.Finish();
    }

    internal static TableReader WriteAndOpen(IFileSystem files, IEnumerable<TestEntry> entries, TableOptions? options = null)
    {
        Write(files, entries, options);
        return TableReader.Open(files, TablePath);
    }

    /// <summary>Values under "key:000", "key:002" and so on.</summary>
    internal static List<TestEntry> EvenKeys(int count)
        => [.. Enumerable.Range(0, count).Select(index => TestEntry.Value($"key:{2 * index:D3}", $"value {index}"))];

    /// <summary>Ascending random keys of few letters, so that many share prefixes or begin each other; all kinds of entries.</summary>
    internal static List<TestEntry> RandomEntries(Random random, int count)
    {
        var entries = new SortedDictionary<string, TestEntry>(StringComparer.Ordinal);
        while (entries.Count < count)
        {
            string key = RandomText(random, "ab\0\u00ff", random.Next(12));
            entries[key] = RandomEntry(random, key);
        }

        return [.. entries.Values];
    }

    internal static TestEntry RandomEntry(Random random, string key, bool isWithElements = true)
    {
        return random.Next(6) switch
        {
            0 => TestEntry.Tombstone(key),
            1 => TestEntry.Patch(key, RandomPatch(random)),
            2 when isWithElements => random.Next(2) == 0
                ? TestEntry.Patch(key, RandomElementPatch(random))
                : new TestEntry(key, TableEntryKind.Value, ElementTypes.Hash, random.Next(-1, 1000), Encoding.Latin1.GetString(RandomElements(random))),
            2 => TestEntry.Value(key, RandomText(random, "xyz", random.Next(300)), random.NextInt64(long.MaxValue)),
            _ => TestEntry.Value(key, RandomText(random, "xyz", random.Next(20))),
        };
    }

    internal static byte[] RandomPatch(Random random)
    {
        var fold = new EntryFold();
        for (int change = random.Next(4); change >= 0; change--)
        {
            if (random.Next(3) == 0)
            {
                fold.SetExpiry(random.Next(-1, 1000));
            }
            else
            {
                fold.WriteRange(random.Next(20), Encoding.Latin1.GetBytes(RandomText(random, "pqr", random.Next(6))));
            }
        }

        return fold.Entry.Bytes.ToArray();
    }

    internal static byte[] RandomElementPatch(Random random)
    {
        var fold = new EntryFold();
        for (int change = random.Next(4); change >= 0; change--)
        {
            switch (random.Next(4))
            {
                case 0:
                    fold.SetExpiry(random.Next(-1, 1000));
                    break;
                case 1:
                    fold.RemoveElements(ElementTypes.Hash, ElementModel.Names([RandomText(random, "ab", random.Next(3))]));
                    break;
                default:
                    fold.PutElements(ElementTypes.Hash, RandomElements(random));
                    break;
            }
        }

        return fold.Entry.Bytes.ToArray();
    }

    private static byte[] RandomElements(Random random)
        => ElementModel.Put([], ElementModel.Elements(Enumerable.Range(0, random.Next(1, 4)).Select(_ => (RandomText(random, "ab", random.Next(3)), RandomText(random, "xyz", random.Next(20))))));

    internal static string RandomText(Random random, string letters, int length)
        => string.Create(length, (random, letters), static (span, state) =>
        {
            foreach (ref char letter in span)
            {
                letter = state.letters[state.random.Next(state.letters.Length)];
            }
        });

    internal static List<TestEntry> ReadForward(TableReader table, int readAheadBytes = 0)
    {
        using TableCursor cursor = table.OpenCursor(readAheadBytes);
        var entries = new List<TestEntry>();
        for (bool isThere = cursor.SeekFirst(); isThere; isThere = cursor.Next())
        {
            entries.Add(TestEntry.Of(cursor));
        }

        return entries;
    }

    internal static List<TestEntry> ReadBackward(TableReader table, int readAheadBytes = 0)
    {
        using TableCursor cursor = table.OpenCursor(readAheadBytes);
        var entries = new List<TestEntry>();
        for (bool isThere = cursor.SeekLast(); isThere; isThere = cursor.Previous())
        {
            entries.Add(TestEntry.Of(cursor));
        }

        return entries;
    }
}
