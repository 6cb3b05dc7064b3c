using System.Text;
using RespKv.Storage.Files;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Tests.Files;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

/// <summary>The merge against the precedence rule in its plainest words.</summary>
public sealed class MergeCursorTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(300, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_runs_merge_as_the_rule_says(int seed)
    {
        var random = new Random(seed);
        using var runs = RandomRuns.Make(random);
        foreach (bool isBottom in new[] { false, true })
        {
            List<TestEntry> expected = runs.Expected(isBottom);
            using var cursor = new MergeCursor(runs.Sources, isBottom, random.Next(2) * 500);

            Assert.Equal(expected, Forward(cursor));
            Assert.Equal(Enumerable.Reverse(expected), Backward(cursor));
            MoveAtRandom(random, cursor, expected);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Merged_patches_mean_the_same_as_the_parts(int seed)
    {
        var random = new Random(seed);
        using var runs = RandomRuns.Make(random);
        using var merged = new MergeCursor(runs.Sources, isBottom: false);
        using var bottom = new MergeCursor(runs.Sources, isBottom: true);

        var resolved = Forward(merged)
            .Select(entry => (entry.Key, State: StringModel.Apply(null, entry)))
            .Where(pair => pair.State is not null)
            .Select(pair => TestEntry.Value(pair.Key, pair.State!.Value, pair.State.ExpireAtMillis));

        Assert.Equal(Forward(bottom), resolved);
    }

    [Fact]
    public void Newest_version_wins_whatever_the_order_of_the_sources()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        MergeSource old = Source(files, 1, [TestEntry.Value("k", "old")], 1, 5);
        MergeSource middle = Source(files, 2, [TestEntry.Tombstone("k")], 6, 7);
        MergeSource young = Source(files, 3, [TestEntry.Value("k", "new")], 8, 9);

        foreach (MergeSource[] order in new MergeSource[][] { [old, middle, young], [young, middle, old], [middle, young, old] })
        {
            using var cursor = new MergeCursor(order, isBottom: true);
            Assert.Equal([TestEntry.Value("k", "new")], Forward(cursor));
            Assert.Equal([TestEntry.Value("k", "new")], Backward(cursor));
        }
    }

    [Fact]
    public void Patch_skips_the_versions_that_its_range_covers()
    {
        // The base was rewritten up to LSN 9 while the runs that went into it are still there.
        SimulatedFileSystem files = TableMaker.NewDisk();
        MergeSource rewritten = Source(files, 1, [TestEntry.Patch("k", [0x02, 0x02, 0x01, (byte)'!'])], 4, 9);
        MergeSource covered = Source(files, 2, [TestEntry.Value("k", "covered")], 5, 9);
        MergeSource coveredToo = Source(files, 3, [TestEntry.Tombstone("k")], 4, 4);
        MergeSource counts = Source(files, 4, [TestEntry.Value("k", "base", 7)], 1, 3);

        using var cursor = new MergeCursor([covered, counts, rewritten, coveredToo], isBottom: false);

        Assert.Equal([TestEntry.Value("k", "ba!e", 7)], Forward(cursor));
    }

    [Fact]
    public void Chain_of_patches_ends_at_the_first_whole_version()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        MergeSource[] sources =
        [
            Source(files, 1, [TestEntry.Value("k", "unseen")], 1, 1),
            Source(files, 2, [TestEntry.Tombstone("k")], 2, 2),
            Source(files, 3, [TestEntry.Patch("k", [0x02, 0x01, 0x01, (byte)'a'])], 3, 3),
            Source(files, 4, [TestEntry.Patch("k", [0x02, 0x02, 0x01, (byte)'b', 0x04, 0x09])], 4, 4),
        ];
        using var cursor = new MergeCursor(sources, isBottom: false);

        Assert.Equal([TestEntry.Value("k", "\0ab", 8)], Forward(cursor));
    }

    [Fact]
    public void Tombstones_are_shown_above_the_bottom_and_hide_the_key_at_it()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        MergeSource[] sources =
        [
            Source(files, 1, [TestEntry.Value("a", "1"), TestEntry.Value("b", "2")], 1, 1),
            Source(files, 2, [TestEntry.Tombstone("b"), TestEntry.Tombstone("c")], 2, 2),
        ];
        using var above = new MergeCursor(sources, isBottom: false);
        using var bottom = new MergeCursor(sources, isBottom: true);

        Assert.Equal([TestEntry.Value("a", "1"), TestEntry.Tombstone("b"), TestEntry.Tombstone("c")], Forward(above));
        Assert.Equal([TestEntry.Value("a", "1")], Forward(bottom));
        Assert.False(bottom.Seek("b"u8));
        Assert.True(bottom.SeekAtMost("c"u8));
        Assert.Equal(TestEntry.Value("a", "1"), TestEntry.Of(bottom));
    }

    [Fact]
    public void Patch_of_nothing_resolves_at_the_bottom_and_stays_above()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        List<TestEntry> entries = [TestEntry.Patch("a", [0x04, 0x05]), TestEntry.Patch("b", [0x02, 0x00, 0x01, (byte)'v'])];
        MergeSource[] sources = [Source(files, 1, entries, 1, 1)];
        using var above = new MergeCursor(sources, isBottom: false);
        using var bottom = new MergeCursor(sources, isBottom: true);

        Assert.Equal(entries, Forward(above));
        Assert.Equal([TestEntry.Value("b", "v")], Forward(bottom));
        Assert.Equal([TestEntry.Value("b", "v")], Backward(bottom));
    }

    [Fact]
    public void No_sources_and_empty_tables_have_nothing()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        foreach (MergeSource[] sources in new MergeSource[][] { [], [Source(files, 1, [], 1, 1)] })
        {
            using var cursor = new MergeCursor(sources, isBottom: false);

            Assert.False(cursor.SeekFirst() || cursor.SeekLast() || cursor.Seek(""u8) || cursor.SeekAtMost("z"u8) || cursor.Next() || cursor.Previous());
            Assert.False(cursor.Valid);
        }
    }

    [Fact]
    public void Tables_that_do_not_overlap_are_read_one_at_a_time()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        List<TestEntry> entries = TableMaker.EvenKeys(400);
        MergeSource[] sources = [.. entries.Chunk(20).Select((part, index) => Source(files, index, part, 1, 1))];
        using var cursor = new MergeCursor([.. sources.Reverse()], isBottom: false);
        long before = files.Count(FileOperation.Read);

        Assert.True(cursor.SeekFirst());

        Assert.Equal(1, files.Count(FileOperation.Read) - before);
        Assert.Equal(entries, Forward(cursor));
        Assert.Equal(Enumerable.Reverse(entries), Backward(cursor));
    }

    [Fact]
    public void Patch_that_does_not_fit_its_value_is_corruption_of_its_table()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        MergeSource[] sources =
        [
            Source(files, 1, [new TestEntry("k", TableEntryKind.Value, ElementTypes.List, -1, "\u0003not\u0008a string")], 1, 1),
            Source(files, 2, [TestEntry.Patch("k", [0x02, 0x00, 0x01, (byte)'x'])], 2, 2),
        ];
        using var cursor = new MergeCursor(sources, isBottom: false);

        var corruption = Assert.Throws<TableCorruptionException>(() => cursor.SeekFirst());

        Assert.Equal((TableMaker.PathOf(2), 0), (corruption.File, corruption.Offset));
        Assert.False(cursor.Valid);
    }

    [Fact]
    public void Patches_of_elements_resolve_over_their_value_and_at_the_bottom()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        MergeSource[] sources =
        [
            Source(files, 1, [new TestEntry("k", TableEntryKind.Value, ElementTypes.Set, 9, "\u0001a\0\u0001b\0\u0001c\0")], 1, 1),
            Source(files, 2, [TestEntry.Patch("k", [0x09, 0x03, 0x02, 0x01, (byte)'a']), TestEntry.Patch("l", [0x09, 0x03, 0x02, 0x01, (byte)'a'])], 2, 2),
            Source(files, 3, [TestEntry.Patch("k", [0x08, 0x03, 0x06, 0x01, (byte)'b', 0x00, 0x01, (byte)'d', 0x00])], 3, 3),
            Source(files, 4, [TestEntry.Patch("m", [0x08, 0x03, 0x03, 0x01, (byte)'a', 0x00])], 4, 4),
        ];
        using var cursor = new MergeCursor(sources, isBottom: true);

        Assert.Equal(
            [
                new TestEntry("k", TableEntryKind.Value, ElementTypes.Set, 9, "\u0001b\0\u0001c\0\u0001d\0"),
                new TestEntry("m", TableEntryKind.Value, ElementTypes.Set, -1, "\u0001a\0"),
            ],
            Forward(cursor));
    }

    [Fact]
    public void Merge_can_be_sought_anew_after_a_read_that_failed()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        List<TestEntry> entries = TableMaker.EvenKeys(100);
        MergeSource[] sources = [Source(files, 1, entries, 2, 2), Source(files, 2, entries, 1, 1)];
        using var cursor = new MergeCursor(sources, isBottom: false);
        Assert.True(cursor.SeekFirst());
        files.FailAt(FileOperation.Read, 5, Errno.EIO);

        Assert.Throws<StorageException>(() => Forward(cursor));

        Assert.False(cursor.Valid);
        Assert.Equal(entries, Forward(cursor));
    }

    [Fact]
    public void Merging_without_patches_allocates_nothing()
    {
        using var directory = new TemporaryDirectory();
        var files = new PosixFileSystem();
        MergeSource[] sources =
        [
            .. Enumerable.Range(1, 5).Select(number => Source(files, number, TableMaker.EvenKeys(100 * number), number, number, directory.Path)),
        ];
        using var cursor = new MergeCursor(sources, isBottom: true);
        Walk();

        Assert.Equal(0, Allocations.Least(Walk));

        void Walk()
        {
            long sum = 0;
            for (bool isThere = cursor.SeekFirst(); isThere; isThere = cursor.Next())
            {
                sum += cursor.Key.Length + cursor.Entry.Bytes.Length;
            }

            for (bool isThere = cursor.SeekLast(); isThere; isThere = cursor.Previous())
            {
                sum += cursor.Key.Length + cursor.Entry.Bytes.Length;
            }

            Assert.True(sum > 0);
        }
    }

    private static MergeSource Source(
        IFileSystem files, int number, IEnumerable<TestEntry> entries, long firstLsn, long lastLsn, string directory = TableMaker.DataDirectory)
    {
        string path = Path.Combine(directory, Path.GetFileName(TableMaker.PathOf(number)));
        TableMaker.Write(files, entries, path: path, firstLsn: firstLsn, lastLsn: lastLsn);
        return new MergeSource(TableReader.Open(files, path), firstLsn, lastLsn);
    }

    private static List<TestEntry> Forward(MergeCursor cursor)
    {
        var entries = new List<TestEntry>();
        for (bool isThere = cursor.SeekFirst(); isThere; isThere = cursor.Next())
        {
            entries.Add(TestEntry.Of(cursor));
        }

        return entries;
    }

    private static List<TestEntry> Backward(MergeCursor cursor)
    {
        var entries = new List<TestEntry>();
        for (bool isThere = cursor.SeekLast(); isThere; isThere = cursor.Previous())
        {
            entries.Add(TestEntry.Of(cursor));
        }

        return entries;
    }

    private static void MoveAtRandom(Random random, MergeCursor cursor, List<TestEntry> expected)
    {
        int at = -1;
        for (int count = 0; count < 500; count++)
        {
            string key = RandomRuns.RandomKey(random);
            int move = random.Next(12);
            bool isThere = Move(move, cursor, Encoding.Latin1.GetBytes(key));
            at = Where(move, key, expected, at);

            Assert.Equal(at >= 0, isThere);
            Assert.Equal(at >= 0, cursor.Valid);
            if (at >= 0)
            {
                Assert.Equal(expected[at], TestEntry.Of(cursor));
            }
        }
    }

    private static bool Move(int move, MergeCursor cursor, byte[] key)
    {
        return move switch
        {
            0 => cursor.SeekFirst(),
            1 => cursor.SeekLast(),
            2 => cursor.Seek(key),
            3 => cursor.SeekAtMost(key),
            < 8 => cursor.Next(),
            _ => cursor.Previous(),
        };
    }

    private static int Where(int move, string key, List<TestEntry> entries, int from)
    {
        int to = move switch
        {
            0 => 0,
            1 => entries.Count - 1,
            2 => entries.FindIndex(entry => string.CompareOrdinal(entry.Key, key) >= 0),
            3 => entries.FindLastIndex(entry => string.CompareOrdinal(entry.Key, key) <= 0),
            < 8 => from < 0 ? -1 : from + 1,
            _ => from < 0 ? -1 : from - 1,
        };
        return to < entries.Count ? to : -1;
    }
}
