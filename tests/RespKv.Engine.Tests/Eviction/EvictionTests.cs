using RespKv.Engine.Eviction;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Eviction;

/// <summary>maxmemory: what is refused, what goes, and that what has gone stays gone.</summary>
public sealed class EvictionTests
{
    private const string Refused = "OOM command not allowed when used memory > 'maxmemory'.";

    private readonly ManualTimeProvider _time = new();
    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public async Task Without_a_policy_what_may_grow_data_is_refused_and_the_rest_goes_on()
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time);
        using TestClient client = host.Connect();
        client.Run("SET key 1");
        client.Run("CONFIG SET maxmemory 1");

        Assert.Equal(Refused, client.Run("SET other 1").Text);
        Assert.Equal(Refused, client.Run("INCR key").Text);
        Assert.Equal("1", client.Run("GET key").Text);
        Assert.Equal(1, client.Run("EXPIRE key 100").Integer);
        Assert.Equal(1, client.Run("DEL key").Integer);
        client.Run("CONFIG SET maxmemory 0");
        Assert.Equal("OK", client.Run("SET other 1").Text);
        Assert.Contains("errorstat_OOM:count=2", client.Run("INFO errorstats").Text, StringComparison.Ordinal);
        Assert.Equal(0, Number(client, "evicted_keys"));
    }

    [Fact]
    public async Task Nothing_is_queued_while_memory_is_full_and_the_block_is_discarded()
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time);
        using TestClient client = host.Connect();
        client.Run("SET key 1");
        client.Run("MULTI");
        client.Run("CONFIG SET maxmemory 1");
        client.Run("EXEC");

        client.Run("MULTI");
        Assert.Equal(Refused, client.Run("GET key").Text);
        Assert.Equal("EXECABORT Transaction discarded because of previous errors.", client.Run("EXEC").Text);
        client.Run("MULTI");
        Assert.Equal("OK", client.Run("DISCARD").Text);
    }

    [Theory]
    [InlineData("GET key", true)]
    [InlineData("SET key 2", false)]
    public async Task Block_that_was_queued_before_runs_unless_it_may_grow_data(string command, bool runs)
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time);
        using TestClient client = host.Connect();
        using TestClient other = host.Connect();
        client.Run("SET key 1");
        client.Run("MULTI");
        client.Run(command);
        other.Run("CONFIG SET maxmemory 1");

        Assert.Equal(runs ? "1" : "EXECABORT Transaction discarded because of: " + Refused, runs ? client.Run("EXEC").Items[0].Text : client.Run("EXEC").Text);
    }

    [Theory]
    [InlineData("allkeys-lru", "used:", "idle:")]
    [InlineData("allkeys-lfu", "used:", "idle:")]
    [InlineData("volatile-lru", "used:", "idle:")]
    [InlineData("volatile-lfu", "used:", "idle:")]
    [InlineData("volatile-ttl", "idle:", "used:")]
    public async Task Policy_chooses_which_keys_stay(string policy, string stays, string goes)
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time, ("maxmemory-samples", "64"), ("maxmemory-policy", policy), ("maxmemory-eviction-tenacity", "100"));
        using TestClient client = host.Connect();
        string value = new('x', 1000);
        for (int i = 0; i < 500; i++)
        {
            client.Call("SET", $"idle:{i}", value, "EX", "100000");
            client.Call("SET", $"used:{i}", value, "EX", "1000");
        }

        client.Call("SET", "stays for ever", value);
        _time.Advance(TimeSpan.FromMinutes(3));
        for (int i = 0; i < 500; i++)
        {
            client.Run($"GET used:{i}");
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        client.Run($"CONFIG SET maxmemory {host.Engine.Evictor.CountedBytes - 250_000}");
        Assert.Equal("OK", client.Run("SET new 1 EX 500").Text);

        int left = client.Run($"KEYS {stays}*").Items.Count;
        int gone = 500 - client.Run($"KEYS {goes}*").Items.Count;
        Assert.InRange(left, 495, 500);
        Assert.InRange(gone, 150, 300);
        Assert.InRange(Number(client, "evicted_keys"), 150, 300);
        Assert.True(host.Engine.Evictor.CountedBytes <= host.Engine.Config.MaxMemoryBytes + 1000);
        if (policy.StartsWith("volatile", StringComparison.Ordinal))
        {
            Assert.Equal(1, client.Call("EXISTS", "stays for ever").Integer);
        }
    }

    [Theory]
    [InlineData("allkeys-random", 300)]
    [InlineData("volatile-random", 200)]
    public async Task Random_policy_takes_from_all_databases_and_only_what_it_may(string policy, int keysWithExpiry)
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time, ("maxmemory-policy", policy));
        using TestClient client = host.Connect();
        string value = new('x', 1000);
        for (int i = 0; i < 300; i++)
        {
            client.Run($"SELECT {i % 3}");
            client.Call("SET", $"key:{i}", value);
            if (i < keysWithExpiry)
            {
                client.Run($"EXPIRE key:{i} 1000");
            }
        }

        client.Run($"CONFIG SET maxmemory {host.Engine.Evictor.CountedBytes - 100_000}");
        client.Run("SET new 1");

        for (int database = 0; database < 3; database++)
        {
            client.Run($"SELECT {database}");
            Assert.InRange(client.Run("DBSIZE").Integer, 50, 95);
            for (int i = keysWithExpiry; i < 300; i++)
            {
                if (i % 3 == database)
                {
                    Assert.Equal(1, client.Run($"EXISTS key:{i}").Integer);
                }
            }
        }
    }

    [Fact]
    public async Task Volatile_policy_with_nothing_that_expires_refuses()
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time, ("maxmemory-policy", "volatile-lru"));
        using TestClient client = host.Connect();
        client.Run("SET key 1");
        client.Run("CONFIG SET maxmemory 1");

        Assert.Equal(Refused, client.Run("SET key 2").Text);
        Assert.Equal("1", client.Run("GET key").Text);
    }

    [Fact]
    public async Task Evicted_keys_stay_gone_after_a_restart()
    {
        List<string> before;
        await using (EngineHost host = await EngineHost.OpenAsync(_files, _time, ("maxmemory-policy", "allkeys-lru")))
        {
            using TestClient client = host.Connect();
            for (int i = 0; i < 300; i++)
            {
                client.Call("SET", $"key:{i}", new string('x', 1000));
            }

            client.Run($"CONFIG SET maxmemory {host.Engine.Evictor.CountedBytes - 100_000}");
            client.Run("SET new 1");
            before = [.. client.Run("KEYS *").Items.Select(key => key.Text).Order()];
        }

        await using EngineHost again = await EngineHost.OpenAsync(_files, _time);
        using TestClient reader = again.Connect();
        Assert.InRange(before.Count, 100, 250);
        Assert.Equal(before, reader.Run("KEYS *").Items.Select(key => key.Text).Order());
    }

    [Fact]
    public async Task What_commands_have_left_goes_in_the_background()
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time, ("maxmemory-policy", "allkeys-random"));
        using TestClient client = host.Connect();
        for (int i = 0; i < 300; i++)
        {
            client.Call("SET", $"key:{i}", new string('x', 1000));
        }

        client.Run($"CONFIG SET maxmemory {host.Engine.Evictor.CountedBytes - 100_000}");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(host.Engine.Evictor.CountedBytes <= host.Engine.Config.MaxMemoryBytes);
        Assert.InRange(client.Run("DBSIZE").Integer, 100, 250);
    }

    [Fact]
    public async Task Nothing_is_evicted_while_clients_are_paused()
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time, ("maxmemory-policy", "allkeys-random"));
        using TestClient client = host.Connect();
        client.Run("SET key 1");
        client.Run("CLIENT PAUSE 10000 WRITE");
        client.Run("CONFIG SET maxmemory 1");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("1", client.Run("GET key").Text);
    }

    [Fact]
    public async Task Eviction_breaks_a_watch()
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time, ("maxmemory-policy", "allkeys-random"));
        using TestClient client = host.Connect();
        using TestClient other = host.Connect();
        client.Run("SET key 1");
        client.Run("WATCH key");
        client.Run("MULTI");
        client.Run("PING");
        other.Run("CONFIG SET maxmemory 1");
        other.Run("DEL nothing");
        other.Run("CONFIG SET maxmemory 0");

        Assert.True(client.Run("EXEC").IsNull);
    }

    [Fact]
    public async Task Frequency_and_idle_time_exclude_each_other()
    {
        await using EngineHost host = await EngineHost.OpenAsync(_files, _time);
        using TestClient client = host.Connect();
        client.Run("SET key 1");
        Assert.StartsWith("ERR An LFU maxmemory policy is not selected", client.Run("OBJECT FREQ key").Text, StringComparison.Ordinal);

        client.Run("CONFIG SET maxmemory-policy allkeys-lfu lfu-log-factor 0");
        client.Run("SET key 2");
        client.Run("DEL key");
        client.Run("SET key 2");
        Assert.Equal(5, client.Run("OBJECT FREQ key").Integer);
        for (int i = 0; i < 10; i++)
        {
            client.Run("GET key");
        }

        Assert.Equal(15, client.Run("OBJECT FREQ key").Integer);
        client.Run("SET key 3");
        Assert.Equal(16, client.Run("OBJECT FREQ key").Integer);
        Assert.StartsWith("ERR An LFU maxmemory policy is selected, idle time not tracked.", client.Run("OBJECT IDLETIME key").Text, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(12, client.Run("OBJECT FREQ key").Integer);
        client.Run("CONFIG SET lfu-decay-time 0");
        Assert.Equal(16, client.Run("OBJECT FREQ key").Integer);
        Assert.Equal(-1, client.Run("OBJECT FREQ missing").IsNull ? -1 : 0);
    }

    private static long Number(TestClient client, string field)
    {
        string text = client.Run("INFO everything").Text;
        string line = text.Split("\r\n").Single(l => l.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line[(field.Length + 1)..]);
    }
}
