using RespKv.Storage.Files;
using RespKv.Storage.Tables;
using RespKv.Storage.Tests.Files;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

public sealed class TableWriterTests
{
    [Theory]
    [InlineData("b")]
    [InlineData("a")]
    [InlineData("")]
    public void Key_that_is_not_greater_than_the_last_is_refused(string key)
    {
        using TableWriter writer = NewWriter(TableMaker.NewDisk());
        TestEntry.Value("b", "1").AddTo(writer);

        Assert.Throws<ArgumentException>(() => TestEntry.Value(key, "2").AddTo(writer));

        TestEntry.Value("b\0", "3").AddTo(writer);
        Assert.Equal(2, writer.Finish().Entries);
    }

    [Fact]
    public void Entry_that_the_reader_would_refuse_is_refused()
    {
        using TableWriter writer = NewWriter(TableMaker.NewDisk());

        Assert.Throws<ArgumentException>(() => writer.Add("a"u8, new TableEntry(TableEntryKind.Value, 0, -1, "x"u8)));
        Assert.Throws<ArgumentException>(() => writer.Add("a"u8, new TableEntry(TableEntryKind.Value, 1, -2, "x"u8)));
        Assert.Throws<ArgumentException>(() => writer.Add("a"u8, new TableEntry(TableEntryKind.Tombstone, 0, -1, "x"u8)));
        Assert.Throws<ArgumentException>(() => writer.Add("a"u8, new TableEntry(TableEntryKind.Patch, 0, -1, "x"u8)));
        Assert.Throws<ArgumentException>(() => writer.Add("a"u8, new TableEntry(TableEntryKind.Patch, 0, -1, default)));
        Assert.Throws<ArgumentException>(() => writer.Add("a"u8, new TableEntry((TableEntryKind)3, 0, -1, default)));
        Assert.Equal(0, writer.Entries);
    }

    [Fact]
    public void Options_out_of_bounds_are_refused_before_a_file_is_made()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableOptions[] wrong =
        [
            new(BlockBytes: 63), new(BlockBytes: (16 << 20) + 1), new(RestartInterval: 0), new(RestartInterval: 1025),
            new(BloomBitsPerKey: -1), new(BloomBitsPerKey: 21), new(SyncEveryBytes: 4095), new(Compression: (TableCompression)3),
        ];

        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => NewWriter(files, options)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TableWriter(files, TableMaker.TablePath, 0, 5, TableOptions.Default, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TableWriter(files, TableMaker.TablePath, 5, 4, TableOptions.Default, null));
        Assert.Empty(files.ListFiles(TableMaker.DataDirectory));
    }

    [Fact]
    public void File_that_is_there_already_is_not_written_over()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableMaker.Write(files, TableMaker.EvenKeys(1));

        Assert.Equal(Errno.EEXIST, Assert.Throws<StorageException>(() => NewWriter(files)).Errno);
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Every_slice_is_synced_before_the_pacer_hears_of_it()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        var pacer = new RecordingPacer(() => files.PendingSectors(TableMaker.TablePath));
        using TableWriter writer = NewWriter(files, pacer: pacer);
        for (int index = 0; index < 20; index++)
        {
            TestEntry.Value($"{index:D2}", new string('v', index * 300)).AddTo(writer);
        }

        long fileBytes = writer.Finish().FileBytes;

        Assert.Equal(fileBytes, pacer.Slices.Sum());
        Assert.All(pacer.Slices.SkipLast(1), bytes => Assert.Equal(4096, bytes));
        Assert.InRange(pacer.Slices[^1], 1, 4096);
        Assert.All(pacer.Pending, sectors => Assert.Equal(0, sectors));
        Assert.Equal(pacer.Slices.Count, files.Count(FileOperation.SyncData));
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Finished_table_survives_a_power_cut_once_its_directory_is_synced()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        List<TestEntry> entries = TableMaker.EvenKeys(300);
        TableMaker.Write(files, entries);
        files.SyncDirectory(TableMaker.DataDirectory);

        for (int seed = 0; seed < 10; seed++)
        {
            using TableReader table = TableReader.Open(files.Crash(seed), TableMaker.TablePath);
            Assert.Equal(entries, TableMaker.ReadForward(table));
        }
    }

    [Theory]
    [InlineData(FileOperation.Write)]
    [InlineData(FileOperation.SyncData)]
    public void After_any_call_that_failed_nothing_more_is_written(FileOperation operation)
    {
        SimulatedFileSystem counted = TableMaker.NewDisk();
        TableMaker.Write(counted, TableMaker.EvenKeys(300));

        for (long call = 1; call <= counted.Count(operation); call++)
        {
            SimulatedFileSystem files = TableMaker.NewDisk();
            files.FailAt(operation, call, Errno.ENOSPC);
            TableWriter writer = NewWriter(files);

            var error = Assert.Throws<StorageException>(() => AddAll(writer));
            long before = files.Count(FileOperation.Any);

            Assert.Equal(StorageErrorKind.NoSpace, error.Kind);
            Assert.Throws<InvalidOperationException>(() => AddAll(writer, from: 400));
            Assert.Equal(before, files.Count(FileOperation.Any));
            writer.Dispose();
            Assert.Equal(0, files.OpenFiles);
        }

        static void AddAll(TableWriter writer, int from = 0)
        {
            foreach (TestEntry entry in TableMaker.EvenKeys(from + 300).Skip(from))
            {
                entry.AddTo(writer);
            }

            writer.Finish();
        }
    }

    [Fact]
    public void Pacer_can_stop_the_writing()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        using (TableWriter writer = NewWriter(files, pacer: new StoppingPacer()))
        {
            Assert.Throws<OperationCanceledException>(() => TestEntry.Value("k", new string('v', 10_000)).AddTo(writer));
            Assert.Throws<InvalidOperationException>(() => writer.Finish());
        }

        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Finished_or_disposed_writer_takes_nothing_more()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        using TableWriter writer = NewWriter(files);
        writer.Finish();

        Assert.Throws<ObjectDisposedException>(() => TestEntry.Value("k", "").AddTo(writer));
        Assert.Throws<ObjectDisposedException>(() => writer.Finish());
    }

    [Fact]
    public void Large_value_is_not_copied()
    {
        using var directory = new TemporaryDirectory();
        byte[] value = new byte[4 << 20];
        int number = 0;

        long bytes = Allocations.Least(() =>
        {
            using var writer = new TableWriter(new PosixFileSystem(), directory[$"{number++}"], 1, 1, TableOptions.Default, null);
            writer.Add("key"u8, new TableEntry(TableEntryKind.Value, 1, -1, value));
        });

        Assert.InRange(bytes, 1, 1 << 20);
    }

    [Fact]
    public void File_bytes_grow_with_what_was_added()
    {
        using TableWriter writer = NewWriter(TableMaker.NewDisk());
        long last = writer.FileBytes;
        Assert.Equal(0, last);
        foreach (TestEntry entry in TableMaker.EvenKeys(100))
        {
            entry.AddTo(writer);
            Assert.True(writer.FileBytes > last);
            last = writer.FileBytes;
        }

        Assert.Equal(100, writer.Entries);
        Assert.True(writer.Finish().FileBytes > last);
    }

    [Fact]
    public void Checksum_over_parts_is_that_over_the_whole()
    {
        byte[] bytes = new byte[100];
        new Random(3).NextBytes(bytes);
        var crc = default(RunningCrc);
        crc.Append(bytes.AsSpan(0, 37));
        crc.Append(default);
        crc.Append(bytes.AsSpan(37));

        Assert.Equal(Storage.Wal.Crc32C.Compute(bytes), crc.Value);
    }

    private static TableWriter NewWriter(IFileSystem files, TableOptions? options = null, IWritePacer? pacer = null)
        => new(files, TableMaker.TablePath, 1, 1, options ?? TableMaker.SmallBlocks, pacer);

    private sealed class RecordingPacer(Func<long> pending) : IWritePacer
    {
        internal List<int> Slices { get; } = [];

        internal List<long> Pending { get; } = [];

        public void Wrote(int bytes)
        {
            Slices.Add(bytes);
            Pending.Add(pending());
        }
    }

    private sealed class StoppingPacer : IWritePacer
    {
        public void Wrote(int bytes) => throw new OperationCanceledException();
    }
}
