using System.Globalization;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>INFO: its sections, and that what it says is so.</summary>
public sealed class InfoTests
{
    private static readonly string[] DefaultTitles
        = ["Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules", "Errorstats", "Cluster", "Keyspace"];

    [Theory]
    [InlineData("INFO")]
    [InlineData("INFO default")]
    [InlineData("INFO nosuch DEFAULT server")]
    public async Task Default_sections_come_in_the_order_of_redis(string command)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal(DefaultTitles, Titles(client.Run(command).Text));
    }

    [Theory]
    [InlineData("INFO all")]
    [InlineData("INFO everything")]
    [InlineData("INFO default commandstats latencystats")]
    public async Task All_sections_are_the_default_ones_with_those_of_commands(string command)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal(DefaultTitles.Concat(["Commandstats", "Latencystats"]).Order(), Titles(client.Run(command).Text).Order());
    }

    [Fact]
    public async Task Several_sections_come_once_each()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal(["Server", "CPU"], Titles(client.Run("INFO cpu SERVER cpu").Text));
    }

    [Fact]
    public async Task Every_line_is_a_title_a_field_or_empty()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        client.Run("NOSUCH");

        string text = client.Run("INFO everything").Text;

        Assert.EndsWith("\r\n", text);
        Assert.All(text[..^2].Split("\r\n"), line => Assert.Matches("^(# [A-Z][A-Za-z]+|[a-z0-9_|A-Z-]+:.*|)$", line));
        Assert.Equal(text[..^2].Split("\r\n").Count(line => line.Contains(':')), Fields(text).Count);
    }

    [Fact]
    public async Task Resp3_gets_a_verbatim_string()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("HELLO 3");

        RespValue reply = client.Run("INFO server");

        Assert.Equal((RespKind.Verbatim, "txt"), (reply.Kind, reply.Format));
    }

    [Fact]
    public async Task Server_section_names_redis_and_ourselves()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        time.Advance(TimeSpan.FromSeconds(86_400 + 3));

        Dictionary<string, string> fields = Fields(client.Run("INFO server").Text);

        Assert.Equal("7.0.15", fields["redis_version"]);
        Assert.Matches(@"^\d+\.\d+\.\d+$", fields["respkv_version"]);
        Assert.Equal("standalone", fields["redis_mode"]);
        Assert.Equal("86403", fields["uptime_in_seconds"]);
        Assert.Equal("1", fields["uptime_in_days"]);
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), fields["process_id"]);
        Assert.Matches("^[0-9a-f]{40}$", fields["run_id"]);
    }

    [Fact]
    public async Task Persistence_counts_writes_and_tells_durable_from_appended()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, new ManualTimeProvider());
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("SET a 1");
        writer.Run("SET b 2");

        Dictionary<string, string> before = Fields(reader.Run("INFO persistence").Text);
        files.HoldSyncs();
        writer.Send("SET", "c", "3");
        await files.SyncHeldAsync();

        // The section does not wait for the disk: it is what one looks at when the disk hangs.
        Dictionary<string, string> held = Fields((await reader.CallAsync("INFO", "persistence")).Text);
        files.ReleaseSyncs();
        await writer.ReadAsync();

        Assert.Equal(("2", "2", "0"), (before["appended_lsn"], before["durable_lsn"], before["in_flight_writes"]));
        Assert.Equal(("3", "2", "1"), (held["appended_lsn"], held["durable_lsn"], held["in_flight_writes"]));
        Assert.Equal(("2", "2"), (before["wal_batches"], before["wal_records"]));
        Assert.Equal("always", before["durability"]);
        Assert.Equal("always", before["appendfsync"]);
        Assert.Equal("0", before["loading"]);
        Assert.Equal("1", before["aof_enabled"]);
        Assert.Equal("ok", before["aof_last_write_status"]);
        Assert.Equal("3", held["rdb_changes_since_last_save"]);
        Assert.True(long.Parse(before["wal_segments"], CultureInfo.InvariantCulture) >= 1);
        Assert.Equal("1", before["wal_batch_records_max"]);
        Assert.DoesNotContain("released_lsn", before.Keys);
    }

    [Theory]
    [InlineData("everysec", "everysec (a power cut loses up to 250 ms)")]
    [InlineData("no", "no (a power cut loses what the operating system has not written yet, often half a minute)")]
    public async Task Persistence_says_plainly_what_can_be_lost(string mode, string durability)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, null, ("appendfsync", mode), ("appendfsync-interval-ms", "250"));
        using TestClient client = host.Connect();
        files.HoldSyncs();
        client.Run("SET a 1");

        Dictionary<string, string> fields = Fields(client.Run("INFO persistence").Text);
        files.ReleaseSyncs();

        Assert.Equal(durability, fields["durability"]);
        Assert.Equal(("1", "0", "1"), (fields["appended_lsn"], fields["durable_lsn"], fields["released_lsn"]));
    }

    [Fact]
    public async Task Persistence_tells_of_the_recovery()
    {
        var files = new SimulatedFileSystem();
        await using (EngineHost first = await EngineHost.OpenAsync(files))
        {
            using TestClient client = first.Connect();
            client.Run("SET a 1");
            client.Run("SET b 1");
        }

        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient reader = host.Connect();

        Dictionary<string, string> fields = Fields(reader.Run("INFO persistence").Text);

        Assert.Equal(("2", "2", "1", "0"), (fields["recovery_records"], fields["recovery_last_lsn"], fields["recovery_clean_shutdown"], fields["recovery_torn_tails"]));
        Assert.Contains("recovery_duration_ms", fields.Keys);
    }

    [Fact]
    public async Task Loading_is_told_while_recovery_has_not_run_and_the_rest_is_refused()
    {
        await using EngineHost host = EngineHost.Create(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Dictionary<string, string> fields = Fields(client.Run("INFO").Text);

        Assert.Equal("1", fields["loading"]);
        Assert.Contains("loading_loaded_perc", fields.Keys);
        Assert.Equal("LOADING Redis is loading the dataset in memory", client.Run("PING").Text);
        Assert.Equal("LOADING Redis is loading the dataset in memory", client.Run("MEMORY STATS").Text);
    }

    [Fact]
    public async Task Keyspace_shows_databases_with_keys_and_waits_for_writes_in_flight()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, new ManualTimeProvider());
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("SET a 1 EX 100");
        writer.Run("SET b 1");
        files.HoldSyncs();
        writer.Send("SET", "c", "1");
        await files.SyncHeldAsync();

        reader.Send("INFO", "keyspace");
        Assert.False(reader.TryRead(out _));
        files.ReleaseSyncs();

        Assert.Equal("# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=0\r\n", (await reader.ReadAsync()).Text);
    }

    [Fact]
    public async Task Stats_count_commands_hits_misses_connections_and_errors()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        client.Run("GET a");
        client.Run("GET missing");
        client.Run("GET");
        client.Run("NOSUCH");
        client.Run("INCRBY a x");

        Dictionary<string, string> fields = Fields(client.Run("INFO everything").Text);

        Assert.Equal("1", fields["total_connections_received"]);
        Assert.Equal("5", fields["total_commands_processed"]);
        Assert.Equal(("1", "1"), (fields["keyspace_hits"], fields["keyspace_misses"]));
        Assert.Equal("3", fields["total_error_replies"]);
        Assert.Equal("count=3", fields["errorstat_ERR"]);
        Assert.StartsWith("calls=2,usec=", fields["cmdstat_get"]);
        Assert.EndsWith(",rejected_calls=1,failed_calls=0", fields["cmdstat_get"]);
        Assert.EndsWith(",rejected_calls=0,failed_calls=1", fields["cmdstat_incrby"]);
        Assert.Matches(@"^p50=\d+\.000,p99=\d+\.000,p99\.9=\d+\.000$", fields["latency_percentiles_usec_get"]);
    }

    [Fact]
    public async Task Memory_figures_fit_each_other_and_grow_with_the_data()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        long emptyBytes = Number(client, "used_memory_dataset");
        for (int i = 0; i < 100; i++)
        {
            client.Call("SET", $"key:{i}", new string('x', 10_000));
        }

        Assert.True(Number(client, "used_memory_dataset") - emptyBytes >= 1_000_000);
        Assert.True(Number(client, "used_memory") >= Number(client, "used_memory_dataset"));
        Assert.True(Number(client, "used_memory_peak") >= Number(client, "used_memory_dataset"));
        Assert.True(Number(client, "used_memory_rss") > 0);
        Assert.Equal(0, Number(client, "maxmemory"));
        Assert.Matches(@"\r\nused_memory_human:\d+\.\d\d[KMG]\r\n", client.Run("INFO memory").Text);
        Assert.Contains("\r\nmaxmemory_human:0B\r\n", client.Run("INFO memory").Text);
        Assert.Contains("\r\nmaxmemory_policy:noeviction\r\n", client.Run("INFO memory").Text);
    }

    [Fact]
    public async Task Clients_section_counts_connected_and_waiting_clients()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        using TestClient waiting = host.Connect();
        waiting.Send("WAIT", "1", "0");

        Dictionary<string, string> fields = Fields(client.Run("INFO clients").Text);

        Assert.Equal(("2", "1"), (fields["connected_clients"], fields["blocked_clients"]));
    }

    private static long Number(TestClient client, string field)
        => long.Parse(Fields(client.Run("INFO memory").Text)[field], CultureInfo.InvariantCulture);

    private static string[] Titles(string text)
        => [.. text.Split("\r\n").Where(line => line.StartsWith("# ", StringComparison.Ordinal)).Select(line => line[2..])];

    private static Dictionary<string, string> Fields(string text)
        => text.Split("\r\n").Where(line => line.Contains(':')).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
