using System.Text;
using RespKv.Storage.Files;
using RespKv.Storage.Tables;
using RespKv.Storage.Tests.Files;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

/// <summary>Every move against a sorted list.</summary>
public sealed class TableCursorTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(100, 30)];

    [Fact]
    public void Every_seek_lands_where_a_sorted_list_says()
    {
        List<TestEntry> entries = TableMaker.EvenKeys(200);
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries);
        using TableCursor cursor = table.OpenCursor();
        Assert.True(table.BlockCount > 20);

        for (int number = -1; number <= 401; number++)
        {
            byte[] key = Encoding.ASCII.GetBytes(number < 0 ? "key" : $"key:{number:D3}");
            int atLeast = (Math.Max(number, 0) + 1) / 2;
            int atMost = number < 0 ? -1 : Math.Min(number / 2, 199);

            Assert.Equal(atLeast < 200, cursor.Seek(key));
            Assert.Equal(atLeast < 200, cursor.Valid);
            if (cursor.Valid)
            {
                Assert.Equal(entries[atLeast], TestEntry.Of(cursor));
            }

            Assert.Equal(atMost >= 0, cursor.SeekAtMost(key));
            if (cursor.Valid)
            {
                Assert.Equal(entries[atMost], TestEntry.Of(cursor));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_moves_agree_with_a_sorted_list(int seed)
    {
        var random = new Random(seed);
        List<TestEntry> entries = TableMaker.RandomEntries(random, random.Next(1, 300));
        string[] keys = [.. entries.Select(entry => entry.Key)];
        var options = new TableOptions(BlockBytes: 64 + random.Next(200), RestartInterval: random.Next(1, 9), SyncEveryBytes: 4096);
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries, options);
        using TableCursor cursor = table.OpenCursor(random.Next(2) * 1000);

        int at = -1;
        for (int move = 0; move < 2000; move++)
        {
            at = Move(random, cursor, keys, at, out bool isThere);

            Assert.Equal(at >= 0, isThere);
            Assert.Equal(at >= 0, cursor.Valid);
            if (at >= 0)
            {
                Assert.Equal(entries[at], TestEntry.Of(cursor));
            }
        }
    }

    [Fact]
    public void Cursor_that_was_never_sought_goes_nowhere()
    {
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), TableMaker.EvenKeys(5));
        using TableCursor cursor = table.OpenCursor();

        Assert.False(cursor.Valid);
        Assert.False(cursor.Next());
        Assert.False(cursor.Previous());
        Assert.True(cursor.SeekFirst());
    }

    [Fact]
    public void Cursor_can_be_sought_anew_after_a_read_that_failed()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        List<TestEntry> entries = TableMaker.EvenKeys(100);
        using TableReader table = TableMaker.WriteAndOpen(files, entries);
        using TableCursor cursor = table.OpenCursor();
        Assert.True(cursor.SeekFirst());
        files.FailNext(FileOperation.Read, Errno.EIO);

        Assert.Throws<StorageException>(() => cursor.SeekLast());

        Assert.False(cursor.Valid);
        Assert.True(cursor.SeekLast());
        Assert.Equal(entries[^1], TestEntry.Of(cursor));
        Assert.True(cursor.SeekFirst());
        Assert.Equal(entries[0], TestEntry.Of(cursor));
    }

    [Fact]
    public void Lower_bounds_split_the_keys_at_the_blocks()
    {
        List<TestEntry> entries = TableMaker.EvenKeys(200);
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries);
        using TableCursor cursor = table.OpenCursor();

        int below = 0;
        for (int block = 0; block < table.BlockCount; block++)
        {
            string bound = Encoding.Latin1.GetString(table.BlockLowerBound(block));
            int count = entries.Count(entry => string.CompareOrdinal(entry.Key, bound) < 0);
            Assert.Equal(block == 0, count == 0);
            Assert.True(block == 0 || count > below);
            below = count;
        }

        Assert.True(table.BlockLowerBound(0).IsEmpty);
    }

    [Fact]
    public void Read_ahead_reads_in_large_pieces_both_ways()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        using TableReader table = TableMaker.WriteAndOpen(files, TableMaker.EvenKeys(400));
        long before = files.Count(FileOperation.Read);

        TableMaker.ReadForward(table, 4096);
        TableMaker.ReadBackward(table, 4096);

        long reads = files.Count(FileOperation.Read) - before;
        Assert.InRange(reads, 2, 2 * ((table.Properties.FileBytes / 3500) + 1));
        Assert.True(reads < table.BlockCount / 5);
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        // A real file: reading one allocates nothing, the simulated disk does.
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "table");
        var files = new PosixFileSystem();
        TableMaker.Write(files, TableMaker.EvenKeys(300), path: path);
        using TableReader table = TableReader.Open(files, path);
        using TableCursor cursor = table.OpenCursor();
        byte[] key = "key:123"u8.ToArray();
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

            Assert.True(sum > 0 && cursor.Seek(key) && cursor.SeekAtMost(key));
        }
    }

    /// <summary>Makes a random move and returns where a list of the keys is after it; -1 for nowhere.</summary>
    private static int Move(Random random, TableCursor cursor, string[] keys, int at, out bool isThere)
    {
        string key = random.Next(2) == 0 ? keys[random.Next(keys.Length)] : TableMaker.RandomText(random, "ab\0\u00ff", random.Next(8));
        byte[] bytes = Encoding.Latin1.GetBytes(key);
        int next;
        switch (random.Next(20))
        {
            case 0:
                isThere = cursor.SeekFirst();
                return 0;
            case 1:
                isThere = cursor.SeekLast();
                return keys.Length - 1;
            case 2:
                isThere = cursor.Seek(bytes);
                return Array.FindIndex(keys, other => string.CompareOrdinal(other, key) >= 0);
            case 3:
                isThere = cursor.SeekAtMost(bytes);
                return Array.FindLastIndex(keys, other => string.CompareOrdinal(other, key) <= 0);
            case < 12:
                isThere = cursor.Next();
                next = at + 1;
                return at >= 0 && next < keys.Length ? next : -1;
            default:
                isThere = cursor.Previous();
                return at >= 0 ? at - 1 : -1;
        }
    }
}
