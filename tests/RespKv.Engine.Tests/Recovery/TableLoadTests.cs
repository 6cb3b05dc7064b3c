using RespKv.Engine.Execution;
using RespKv.Engine.Recovery;
using RespKv.Storage.Files;
using RespKv.Storage.Tables;
using RespKv.Storage.Threading;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Recovery;

public class TableLoadTests
{
    private static readonly Dictionary<int, uint> OneSpace = new() { [0] = 7 };

    private readonly RecoveryProgress _progress = new();

    private long Load(TableRuns runs, Databases databases, Action? report = null, CancellationToken cancel = default)
    {
        _progress.StartPhase(RecoveryPhase.Tables, TableLoad.BytesTotal(runs.Sources), nowMillis: 0);
        return new TableLoad(SystemThreads.Instance, databases, _progress, report ?? (() => { })).Run(runs.Sources, runs.Spaces, cancel);
    }

    private static TableRuns BigRuns(int seed)
    {
        var runs = new TableRuns(new Random(seed), OneSpace, databases: 1);
        runs.AddEpoch(changes: 40_000, keys: 20_000, entriesPerTable: 3_000);
        return runs;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Random_tables_load_to_what_the_log_would_have_left(int seed)
    {
        var random = new Random(seed);
        const int DatabaseCount = 24;
        Dictionary<int, uint> spaces = Enumerable.Range(0, random.Next(1, DatabaseCount + 1)).ToDictionary(i => i, i => (uint)(100 - (3 * i)));
        using var runs = new TableRuns(random, spaces, DatabaseCount);
        for (int epoch = random.Next(1, 7); epoch > 0; epoch--)
        {
            runs.AddEpoch(random.Next(1, 5_000), random.Next(1, 2_000), random.Next(1, 400));
        }

        var databases = new Databases(DatabaseCount);
        long keys = Load(runs, databases);
        KeyspaceDump.AssertEqual(runs.Model, databases);
        Assert.Equal(Enumerable.Range(0, DatabaseCount).Sum(i => databases[i].Count), keys);
        Assert.Equal(keys, _progress.Items);
        Assert.InRange(_progress.BytesDone, 0, _progress.BytesTotal);
    }

    [Fact]
    public void Tables_of_many_megabytes_are_read_in_several_ranges_and_lose_no_key()
    {
        using TableRuns runs = BigRuns(1);
        List<TableRange> ranges = TableRange.Split(runs.Sources, runs.Spaces, count: 8);
        Assert.InRange(ranges.Count, 3, 16);
        for (int i = 1; i < ranges.Count; i++)
        {
            Assert.Equal(ranges[i - 1].End, ranges[i].Start);
        }

        var databases = new Databases(1);
        Load(runs, databases);
        KeyspaceDump.AssertEqual(runs.Model, databases);
    }

    [Fact]
    public void Last_space_of_all_and_the_first_are_loaded()
    {
        using var runs = new TableRuns(new Random(1), new Dictionary<int, uint> { [0] = 0, [3] = uint.MaxValue, [2] = uint.MaxValue - 1 }, databases: 4);
        runs.AddEpoch(500, 100, 50);
        var databases = new Databases(4);
        Load(runs, databases);
        KeyspaceDump.AssertEqual(runs.Model, databases);
        Assert.NotEqual(0, databases[3].Count);
    }

    [Fact]
    public void No_tables_and_no_spaces_load_nothing()
    {
        using var runs = new TableRuns(new Random(1), new Dictionary<int, uint>(), databases: 2);
        var databases = new Databases(2);
        Assert.Equal(0, Load(runs, databases));
        runs.AddSingle(TableRuns.DeadSpace, "key", 1, "value");
        Assert.Equal(0, Load(runs, databases));
        Assert.Empty(KeyspaceDump.Of(databases));
    }

    [Fact]
    public void Damaged_block_is_named_and_nothing_is_left_loaded()
    {
        using TableRuns runs = BigRuns(2);
        string path = runs.Sources[^1].Table.Path;
        runs.Files.FlipBit(path, runs.Sources[^1].Table.Properties.FileBytes / 2);
        var databases = new Databases(1);
        TableCorruptionException corrupt = Assert.Throws<TableCorruptionException>(() => Load(runs, databases));
        Assert.Equal(path, corrupt.File);
        Assert.Equal(0, databases[0].Count);
        Assert.Equal(0, databases.Memory.UsedBytes);
    }

    [Fact]
    public void Read_error_reaches_the_caller()
    {
        using TableRuns runs = BigRuns(3);
        runs.Files.FailFrom(FileOperation.Read, 5, Errno.EIO);
        var databases = new Databases(1);
        Assert.Throws<StorageException>(() => Load(runs, databases));
        Assert.Equal(0, databases[0].Count);
        runs.Files.ClearFaults();
        Load(runs, databases);
        KeyspaceDump.AssertEqual(runs.Model, databases);
    }

    [Fact]
    public void Cancelled_load_ends_with_that_and_leaves_nothing()
    {
        using TableRuns runs = BigRuns(4);
        var databases = new Databases(1);
        using var cancel = new CancellationTokenSource();
        int reports = 0;
        Action report = () =>
        {
            if (++reports == 2)
            {
                cancel.Cancel();
            }
        };
        OperationCanceledException cancelled = Assert.Throws<OperationCanceledException>(() => Load(runs, databases, report, cancel.Token));
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
        Assert.Equal(0, databases[0].Count);

        Assert.Throws<OperationCanceledException>(() => Load(runs, databases, cancel: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Failing_report_ends_the_readers_too()
    {
        using TableRuns runs = BigRuns(5);
        var databases = new Databases(1);
        Assert.Throws<InvalidTimeZoneException>(() => Load(runs, databases, () => throw new InvalidTimeZoneException()));
        Assert.Equal(0, databases[0].Count);
    }

    [Fact]
    public void Database_beyond_the_configured_ones_is_refused_with_a_hint()
    {
        using var runs = new TableRuns(new Random(1), new Dictionary<int, uint> { [0] = 1, [20] = 2 }, databases: 21);
        runs.AddEpoch(100, 10, 100);
        var databases = new Databases(16);
        IOException refused = Assert.Throws<IOException>(() => Load(runs, databases));
        Assert.Contains("databases 21", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_of_an_unknown_type_is_refused()
    {
        using var runs = new TableRuns(new Random(1), OneSpace, databases: 1);
        runs.AddEpoch(100, 10, 100);
        runs.AddSingle(7, "key0", 77, "what");
        var databases = new Databases(1);
        IOException refused = Assert.Throws<IOException>(() => Load(runs, databases));
        Assert.Contains("type 77", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, databases[0].Count);
    }

    [Fact]
    public void Databases_that_are_not_empty_are_refused_and_left_alone()
    {
        using var runs = new TableRuns(new Random(1), OneSpace, databases: 1);
        runs.AddEpoch(100, 10, 100);
        Assert.Throws<InvalidOperationException>(() => Load(runs, runs.Model));
        Assert.NotEqual(0, runs.Model[0].Count);
    }
}
