using System.Diagnostics;
using RespKv.CrashTests.Checks;
using RespKv.CrashTests.Loads;
using RespKv.Protocol;
using RespKv.TestKit.Model;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests;

/// <summary>The server under test, its data directory, and what is known of the data. It lives through many strikes.</summary>
internal sealed class Subject(Options options, Ground ground) : IAsyncDisposable
{
    private TestServer? _server;

    public Ground Ground => ground;

    public TestServer Server => _server ?? throw new InvalidOperationException("No directory was begun.");

    public bool IsOurs => options.Server is null;

    /// <summary>Strikes that the directory has lived through; -1 when there is none.</summary>
    public int Lives { get; private set; } = -1;

    /// <summary>Time of the last start, from the start of the process to its first answer.</summary>
    public TimeSpan LastStart { get; private set; }

    /// <summary>Whether the server has MULTI.</summary>
    public bool HasBlocks { get; private set; }

    public IReadOnlyList<SequenceLedger> Ledgers { get; private set; } = [];

    public QueueLedger Queue { get; private set; } = new();

    /// <summary>What the clients with a history found when this life began.</summary>
    public ServerModel HistoryStart { get; set; } = new();

    /// <summary>A server on an empty directory.</summary>
    public async Task BeginDirectoryAsync(int seed)
    {
        await EndAsync();
        var watch = Stopwatch.StartNew();
        _server = await TestServer.StartAsync(new TestServerOptions
        {
            Command = options.Server is null ? ServerCommand.Built() : ServerCommand.Parse(options.Server),
            AppendFsync = options.AppendFsync,
            Directives = IsOurs ? DirectivesOf(new Random(seed)) : [],
            Directory = ground.FreshDirectory(),
        });
        LastStart = watch.Elapsed;
        using RawClient client = await _server.ConnectAsync();
        RespValue multi = await client.CallAsync("COMMAND", "INFO", "MULTI");
        HasBlocks = multi.Kind == RespKind.Array && multi.Items is [{ IsNull: false, Items.Count: > 0 }];
        Forget(seed);
    }

    /// <summary>The server is gone, and so is everything that it had, as if it had never been started.</summary>
    public async Task EmptyDirectoryAsync(int seed)
    {
        await Server.KillAsync();
        Directory.Delete(Server.DataDirectory, recursive: true);
        Directory.CreateDirectory(Server.DataDirectory);
        await ground.SyncAsync();
        Forget(seed);
    }

    /// <summary>After a strike: starts the server again and waits until it answers.</summary>
    public async Task RestartAsync()
    {
        var watch = Stopwatch.StartNew();
        await Server.RestartAsync();
        LastStart = watch.Elapsed;
        Lives++;
    }

    /// <summary>Copies the data directory as a strike has left it, before a recovery changes it. Only the last copy is kept.</summary>
    public async Task SaveEvidenceAsync()
    {
        if (options.Keep is { } place)
        {
            string copy = Path.Combine(Directory.CreateDirectory(place).FullName, "before-recovery");
            await Tool.CheckAsync("rm", "-rf", copy);
            await Tool.CheckAsync("cp", "--archive", Server.DataDirectory, copy);
        }
    }

    /// <summary>Copies the data directory as it is now, and the last one before a recovery with it. Ends the server. Returns where to.</summary>
    public async Task<string> KeepAsync(string place, string name)
    {
        await Server.KillAsync();
        string home = Directory.CreateDirectory(Path.Combine(place, name)).FullName;
        await Tool.CheckAsync("cp", "--archive", Server.DataDirectory, Path.Combine(home, "after-recovery"));
        await Tool.CheckAsync("mv", Path.Combine(place, "before-recovery"), home);
        return home;
    }

    /// <summary>Ends the server; the next cycle has to begin a directory.</summary>
    public async Task EndAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }

        Lives = -1;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await ground.DisposeAsync();
    }

    /// <summary>Nothing was written yet.</summary>
    private void Forget(int seed)
    {
        Ledgers = [.. Enumerable.Range(0, options.Connections).Select(writer => new SequenceLedger(new SequencePlan(seed, writer, HasBlocks)))];
        Queue = new QueueLedger();
        HistoryStart = new ServerModel();
        Lives = 0;
    }

    /// <summary>Small segments, so that a start is quick and their borders are met; the seed decides what differs between directories.</summary>
    private static string[] DirectivesOf(Random random) =>
    [
        "--wal-segment-size", random.Next(2) == 0 ? "256kb" : "1mb",
        "--checkpoint-on-shutdown", random.Next(2) == 0 ? "yes" : "no",
        "--table-compression", random.Next(3) == 0 ? "deflate" : "none",
        "--hz", "100",
    ];
}
