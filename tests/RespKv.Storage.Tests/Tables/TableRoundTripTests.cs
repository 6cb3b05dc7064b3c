using System.Text;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

public sealed class TableRoundTripTests
{
    public static TheoryData<TableCompression> Compressions => [.. Enum.GetValues<TableCompression>()];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_tables_come_back_forward_and_backward(int seed)
    {
        var random = new Random(seed);
        List<TestEntry> entries = TableMaker.RandomEntries(random, random.Next(1, 400));
        var options = new TableOptions(
            BlockBytes: random.Next(64, 600),
            RestartInterval: random.Next(1, 20),
            BloomBitsPerKey: random.Next(0, 12),
            Compression: (TableCompression)random.Next(3),
            SyncEveryBytes: 4096);
        int readAheadBytes = random.Next(3) * 700;

        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries, options);

        Assert.Equal(entries, TableMaker.ReadForward(table, readAheadBytes));
        Assert.Equal(Enumerable.Reverse(entries), TableMaker.ReadBackward(table, readAheadBytes));
        Assert.All(entries, entry => Assert.True(table.MayContain(entry.KeyBytes)));
        table.Verify(progress: null, CancellationToken.None);
    }

    [Fact]
    public void Properties_say_what_was_written()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        List<TestEntry> entries =
        [
            TestEntry.Value("a", "12345"),
            TestEntry.Tombstone("b"),
            TestEntry.Patch("c", [0x04, 0x00]),
            TestEntry.Tombstone("dd"),
        ];

        TableProperties written = TableMaker.Write(files, entries, new TableOptions(Compression: TableCompression.Brotli), firstLsn: 7, lastLsn: 9);
        using TableReader table = TableReader.Open(files, TableMaker.TablePath);

        Assert.Equal(TableMaker.TablePath, table.Path);
        foreach (TableProperties properties in new[] { written, table.Properties })
        {
            Assert.Equal((4, 2, 1), (properties.Entries, properties.Tombstones, properties.Patches));
            Assert.Equal((7, 9), (properties.FirstLsn, properties.LastLsn));
            Assert.Equal("a"u8.ToArray(), properties.SmallestKey);
            Assert.Equal("dd"u8.ToArray(), properties.LargestKey);
            Assert.Equal(TableCompression.Brotli, properties.Compression);
            Assert.Equal(5 + 5 + 2, properties.RawBytes);
            Assert.Equal(files.ReadFile(TableMaker.TablePath).Length, properties.FileBytes);
        }
    }

    [Fact]
    public void Table_without_entries_is_one()
    {
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), []);
        using TableCursor cursor = table.OpenCursor();

        Assert.False(cursor.SeekFirst() || cursor.SeekLast() || cursor.Seek(""u8) || cursor.SeekAtMost("z"u8) || cursor.Next() || cursor.Previous());
        Assert.Equal((0, 0), (table.Properties.Entries, table.BlockCount));
        Assert.Empty(table.Properties.LargestKey);
        table.Verify(progress: null, CancellationToken.None);
    }

    [Fact]
    public void Table_with_one_entry_of_an_empty_key_and_value_comes_back()
    {
        List<TestEntry> entries = [TestEntry.Value("", "")];
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries);
        using TableCursor cursor = table.OpenCursor();

        Assert.True(cursor.Seek(""u8));
        Assert.Equal(entries[0], TestEntry.Of(cursor));
        Assert.True(cursor.SeekAtMost("anything"u8));
        Assert.False(cursor.Next());
        table.Verify(progress: null, CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Keys_of_64_KiB_that_differ_at_the_end_come_back(TableCompression compression)
    {
        string prefix = new('k', 64 << 10);
        List<TestEntry> entries = [.. Enumerable.Range(0, 40).Select(index => TestEntry.Value($"{prefix}{index:D2}", $"{index}"))];
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries, new TableOptions(Compression: compression));
        using TableCursor cursor = table.OpenCursor();

        Assert.Equal(entries, TableMaker.ReadForward(table));
        Assert.Equal(Enumerable.Reverse(entries), TableMaker.ReadBackward(table));
        Assert.True(cursor.Seek(entries[23].KeyBytes));
        Assert.Equal(entries[23], TestEntry.Of(cursor));
        table.Verify(progress: null, CancellationToken.None);
    }

    [Fact]
    public void Keys_that_begin_each_other_come_back()
    {
        List<TestEntry> entries = [.. Enumerable.Range(0, 300).Select(length => TestEntry.Value(new string('p', length), $"{length}"))];
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries);

        Assert.Equal(entries, TableMaker.ReadForward(table));
        Assert.Equal(Enumerable.Reverse(entries), TableMaker.ReadBackward(table));
        table.Verify(progress: null, CancellationToken.None);
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Values_above_a_block_come_back_from_blocks_of_their_own(TableCompression compression)
    {
        var random = new Random(1);
        // More than the buffers that are kept.
        string huge = TableMaker.RandomText(random, "abcdefgh", 5 << 20);
        List<TestEntry> entries =
        [
            TestEntry.Value("a", "small"),
            TestEntry.Value("b", huge, 12345),
            TestEntry.Value("c", TableMaker.RandomText(random, "abcdefgh", 4097)),
            TestEntry.Value("d", "small"),
            TestEntry.Value("e", TableMaker.RandomText(random, "abcdefgh", 4096)),
        ];
        var options = new TableOptions(BlockBytes: 4096, Compression: compression);

        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries, options);

        // "a", "b" and "c" are alone; "d" shares the last block with the value that just fits.
        Assert.Equal(4, table.BlockCount);
        Assert.Equal(entries, TableMaker.ReadForward(table, 1 << 20));
        Assert.Equal(Enumerable.Reverse(entries), TableMaker.ReadBackward(table));
        table.Verify(progress: null, CancellationToken.None);
    }

    [Fact]
    public void Compressed_table_is_smaller_and_says_so_nowhere_else()
    {
        List<TestEntry> entries = [.. Enumerable.Range(0, 2000).Select(index => TestEntry.Value($"key:{index:D6}", new string('v', 60)))];
        SimulatedFileSystem files = TableMaker.NewDisk();

        TableProperties plain = TableMaker.Write(files, entries, new TableOptions());
        foreach (TableCompression compression in new[] { TableCompression.Brotli, TableCompression.Deflate })
        {
            TableProperties packed = TableMaker.Write(files, entries, new TableOptions(Compression: compression), TableMaker.PathOf(10 + (int)compression));

            Assert.True(packed.FileBytes < plain.FileBytes / 4, $"{compression}: {packed.FileBytes} of {plain.FileBytes} bytes");
            Assert.Equal(plain.RawBytes, packed.RawBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Blocks_that_do_not_get_smaller_are_stored_as_they_are(TableCompression compression)
    {
        var random = new Random(2);
        byte[] noise = new byte[1000];
        List<TestEntry> entries = [];
        for (int index = 0; index < 100; index++)
        {
            random.NextBytes(noise);
            entries.Add(TestEntry.Value($"{index:D3}", Encoding.Latin1.GetString(noise)));
        }

        SimulatedFileSystem files = TableMaker.NewDisk();
        TableProperties properties = TableMaker.Write(files, entries, new TableOptions(Compression: compression));
        using TableReader table = TableReader.Open(files, TableMaker.TablePath);

        Assert.InRange(properties.FileBytes, properties.RawBytes, properties.RawBytes + 4096);
        Assert.Equal(entries, TableMaker.ReadForward(table));
    }

    [Fact]
    public void Filter_lets_few_absent_keys_through()
    {
        List<TestEntry> entries = [.. Enumerable.Range(0, 10_000).Select(index => TestEntry.Value($"key:{index:D8}", ""))];
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries, new TableOptions());

        int passed = Enumerable.Range(10_000, 20_000).Count(index => table.MayContain(Encoding.ASCII.GetBytes($"key:{index:D8}")));

        Assert.InRange(passed, 1, 20_000 * 2 / 100);
    }

    [Fact]
    public void Table_without_filter_may_contain_anything()
    {
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), TableMaker.EvenKeys(10), new TableOptions(BloomBitsPerKey: 0));

        Assert.True(table.MayContain("absent"u8));
    }

    [Fact]
    public void Verify_tells_its_progress_and_can_be_cancelled()
    {
        List<TestEntry> entries = [.. Enumerable.Range(0, 30).Select(index => TestEntry.Value($"{index:D2}", new string('v', 100_000)))];
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries);
        var told = new List<long>();
        using var cancel = new CancellationTokenSource();

        table.Verify(told.Add, cancel.Token);

        Assert.InRange(told.Count, 3, 5);
        Assert.Equal(told.Order(), told);
        Assert.Equal(table.Properties.FileBytes, told[^1]);
        Assert.Throws<OperationCanceledException>(() => table.Verify(_ => cancel.Cancel(), cancel.Token));
    }

    [Fact]
    public void Cursors_of_several_threads_do_not_disturb_each_other()
    {
        List<TestEntry> entries = TableMaker.RandomEntries(new Random(7), 500);
        using TableReader table = TableMaker.WriteAndOpen(TableMaker.NewDisk(), entries, TableMaker.SmallBlocks with { Compression = TableCompression.Brotli });

        Parallel.For(0, 8, index =>
        {
            Assert.Equal(entries, TableMaker.ReadForward(table, index * 300));
            Assert.Equal(Enumerable.Reverse(entries), TableMaker.ReadBackward(table, index * 300));
        });
    }
}
