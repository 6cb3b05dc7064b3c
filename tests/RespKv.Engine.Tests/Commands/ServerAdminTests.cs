using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>SHUTDOWN, SLOWLOG, LATENCY, MEMORY, TIME, LASTSAVE and LOLWUT.</summary>
public sealed class ServerAdminTests
{
    [Theory]
    [InlineData("SHUTDOWN")]
    [InlineData("SHUTDOWN NOSAVE")]
    [InlineData("SHUTDOWN SAVE NOW FORCE")]
    public async Task Shutdown_asks_the_host_once_and_answers_nothing(string command)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        int requests = 0;
        host.Engine.ShutdownRequested += () => requests++;
        using TestClient client = host.Connect();
        using TestClient other = host.Connect();
        client.Send(command.Split(' '));
        client.Send("SET", "a", "1");
        other.Send(command.Split(' '));

        Assert.Equal(1, requests);
        Assert.False(client.TryRead(out _));
        using TestClient reader = host.Connect();
        Assert.True(reader.Run("GET a").IsNull);
    }

    [Fact]
    public async Task Slowlog_keeps_the_newest_first_and_shortens_arguments()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("slowlog-log-slower-than", "0"), ("slowlog-max-len", "3"));
        using TestClient client = host.Connect();
        client.Run("CLIENT SETNAME me");
        client.Call("SET", "a", new string('x', 200));
        client.Call(["DEL", .. Enumerable.Range(0, 40).Select(i => $"k{i}")]);

        RespValue entries = client.Run("SLOWLOG GET -1");

        Assert.Equal(3, entries.Items.Count);
        RespValue del = entries.Items[0];
        Assert.Equal(2, del.Items[0].Integer);
        Assert.Equal(time.GetUtcNow().ToUnixTimeSeconds(), del.Items[1].Integer);
        Assert.Equal(32, del.Items[3].Items.Count);
        Assert.Equal("... (10 more arguments)", del.Items[3].Items[31].Text);
        Assert.Equal(("127.0.0.1:50000", "me"), (del.Items[4].Text, del.Items[5].Text));
        Assert.Equal(new string('x', 128) + "... (72 more bytes)", entries.Items[1].Items[3].Items[2].Text);
        Assert.Single(client.Run("SLOWLOG GET 1").Items);
        Assert.Equal(3, client.Run("SLOWLOG LEN").Integer);
    }

    [Fact]
    public async Task Slowlog_reset_forgets_all()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("slowlog-log-slower-than", "0"));
        using TestClient client = host.Connect();
        client.Run("PING");

        Assert.Equal("OK", client.Run("SLOWLOG RESET").Text);

        Assert.Equal(["SLOWLOG", "RESET"], client.Run("SLOWLOG GET").Items.Single().Items[3].Items.Select(a => a.Text));
    }

    [Fact]
    public async Task Slowlog_keeps_no_password()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("slowlog-log-slower-than", "0"));
        using TestClient client = host.Connect();
        client.Run("CONFIG SET requirepass hunter2");
        client.Run("AUTH hunter2");
        client.Run("AUTH default hunter2");
        client.Run("HELLO 2 AUTH default hunter2");

        RespValue entries = client.Run("SLOWLOG GET");

        string[] commands = [.. entries.Items.Select(entry => string.Join(' ', entry.Items[3].Items.Select(a => a.Text)))];
        Assert.DoesNotContain(commands, command => command.Contains("hunter2"));
        Assert.Contains("AUTH (redacted)", commands);
        Assert.Contains("CONFIG SET (redacted) (redacted)", commands);
    }

    [Fact]
    public async Task Latency_events_are_listed_drawn_explained_and_forgotten()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        Assert.Contains("monitoring is off", client.Run("LATENCY DOCTOR").Text);
        client.Run("CONFIG SET latency-monitor-threshold 1000");
        Assert.Contains("No latency spike", client.Run("LATENCY DOCTOR").Text);
        host.Engine.Latency.Add("command", 1000, 1500);
        host.Engine.Latency.Add("command", 1001, 1200);
        host.Engine.Latency.Add("fast-command", 1002, 1100);

        Assert.Equal("*[\n  *[\n    $\"command\"\n    :1001\n    :1200\n    :1500\n  ]\n  *[\n    $\"fast-command\"\n    :1002\n    :1100\n    :1100\n  ]\n]", ServerWireText.Of(client.Run("LATENCY LATEST")));
        Assert.Equal("*[\n  *[\n    :1000\n    :1500\n  ]\n  *[\n    :1001\n    :1200\n  ]\n]", ServerWireText.Of(client.Run("LATENCY HISTORY command")));
        Assert.StartsWith("command - high 1500 ms, low 1200 ms (all time high 1500 ms)\n", client.Run("LATENCY GRAPH command").Text);
        Assert.Contains("command: 2 latency spikes (average 1350ms, mean deviation 150ms, period 0.50 sec). Worst all time event 1500ms.", client.Run("LATENCY DOCTOR").Text);
        Assert.Equal(1, client.Run("LATENCY RESET command nosuch").Integer);
        Assert.Equal(1, client.Run("LATENCY RESET").Integer);
        Assert.Empty(client.Run("LATENCY LATEST").Items);
    }

    [Fact]
    public async Task Latency_histogram_counts_every_call_of_the_named_commands()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        client.Run("SET a 2");
        client.Run("CLIENT ID");

        RespValue reply = client.Run("LATENCY HISTOGRAM set client nosuch");

        Assert.Equal(["set", "client|id"], [reply.Items[0].Text, reply.Items[2].Text]);
        IReadOnlyList<RespValue> set = reply.Items[1].Items;
        Assert.Equal(("calls", 2L, "histogram_usec"), (set[0].Text, set[1].Integer, set[2].Text));
        Assert.Equal(2, set[3].Items[^1].Integer);
        Assert.Contains("latency|histogram", client.Run("LATENCY HISTOGRAM").Items.Where((_, i) => i % 2 == 0).Select(item => item.Text));
    }

    [Fact]
    public async Task Memory_stats_show_keys_per_database_and_wait_for_writes_in_flight()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, new ManualTimeProvider());
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("SET a 1");
        files.HoldSyncs();
        writer.Send("SET", "b", "1");
        await files.SyncHeldAsync();
        reader.Send("MEMORY", "STATS");
        Assert.False(reader.TryRead(out _));
        files.ReleaseSyncs();

        IReadOnlyList<RespValue> items = (await reader.ReadAsync()).Items;

        string[] names = [.. items.Where((_, i) => i % 2 == 0).Select(item => item.Text)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(2, items[(Array.IndexOf(names, "keys.count") * 2) + 1].Integer);
        Assert.Equal(2, items[(Array.IndexOf(names, "db.0") * 2) + 1].Items.SkipWhile(item => item.Text != "keys.count").ElementAt(1).Integer);
    }

    [Fact]
    public async Task Memory_reports_are_texts()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("HELLO 3");

        Assert.Equal(RespKind.Verbatim, client.Run("MEMORY DOCTOR").Kind);
        Assert.Contains("Slabs: ", client.Run("MEMORY MALLOC-STATS").Text);
    }

    [Fact]
    public async Task Time_is_the_clock_in_seconds_and_microseconds()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        long start = time.GetUtcNow().ToUnixTimeSeconds();
        time.Advance(TimeSpan.FromMicroseconds(2_000_345));

        Assert.Equal([(start + 2).ToString(), "345"], client.Run("TIME").Items.Select(item => item.Text));
        Assert.Equal(start, client.Run("LASTSAVE").Integer);
    }

    [Fact]
    public async Task Lolwut_draws_and_names_the_version()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        Assert.Contains("A calm sea", client.Run("LOLWUT").Text);
        client.Run("SET a 1");

        string text = client.Run("LOLWUT VERSION 5").Text;

        Assert.Contains("1 syncs, from ", text);
        Assert.EndsWith("Redis ver. 7.0.15\n", text);
    }
}
