using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>DEBUG: who may use it, and what it does.</summary>
public sealed class ServerDebugTests
{
    private const string NotAllowed = "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.";

    [Theory]
    [InlineData("no", "127.0.0.1:1", false)]
    [InlineData("yes", "10.0.0.9:1", true)]
    [InlineData("local", "10.0.0.9:1", false)]
    [InlineData("local", "127.0.0.1:1", true)]
    [InlineData("local", "[::1]:1", true)]
    [InlineData("local", "/run/respkv.sock:0", true)]
    public async Task Debug_is_for_those_that_the_directive_names(string access, string address, bool allowed)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("enable-debug-command", access));
        using var client = new TestClient(host.Engine, address);

        Assert.Equal(allowed ? "OK" : NotAllowed, client.Run("DEBUG JMAP").Text);
    }

    [Theory]
    [InlineData("200b", true)]
    [InlineData("0", true)]
    [InlineData("4293918720", true)]
    [InlineData("4gb", false)]
    [InlineData("-1", false)]
    [InlineData("much", false)]
    public async Task Packed_threshold_is_a_size_and_nothing_comes_of_it(string size, bool taken)
    {
        await using EngineHost host = await OpenAsync(new ManualTimeProvider());
        using TestClient client = host.Connect();

        string expected = taken ? "OK" : "ERR argument must be a memory value bigger than 1 and smaller than 4gb";
        Assert.Equal(expected, client.Run($"DEBUG QUICKLIST-PACKED-THRESHOLD {size}").Text);
    }

    [Fact]
    public async Task Sleep_holds_everyone_until_it_is_over()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await OpenAsync(time);
        using TestClient sleeper = host.Connect();
        using TestClient other = host.Connect();
        sleeper.Send("DEBUG", "SLEEP", "0.5");
        other.Send("PING");
        time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.False(sleeper.TryRead(out _));
        Assert.False(other.TryRead(out _));

        time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal("OK", (await sleeper.ReadAsync()).Text);
        Assert.Equal("PONG", (await other.ReadAsync()).Text);
    }

    [Fact]
    public async Task Sleep_counts_as_a_slow_command_and_as_a_latency_event_when_it_ends()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await OpenAsync(time);
        using TestClient client = host.Connect();
        client.Run("CONFIG RESETSTAT");
        client.Run("CONFIG SET slowlog-log-slower-than 0");
        client.Run("SLOWLOG RESET");
        client.Send("DEBUG", "SLEEP", "0.5");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("OK", (await client.ReadAsync()).Text);

        string[] logged = [.. client.Run("SLOWLOG GET -1").Items.Select(entry => string.Join(' ', entry.Items[3].Items.Select(word => word.Text)))];

        Assert.Single(logged, "DEBUG SLEEP 0.5");
        Assert.Contains("cmdstat_debug:calls=1,", client.Run("INFO commandstats").Text, StringComparison.Ordinal);
        Assert.Contains("latency_percentiles_usec_debug:", client.Run("INFO latencystats").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("string", "$\"Hello World\"", "$\"Hello World\"")]
    [InlineData("integer", ":12345", ":12345")]
    [InlineData("double", "$\"3.141\"", ",3.141")]
    [InlineData("bignum", "$\"1234567999999999999999999999999999999\"", "(1234567999999999999999999999999999999")]
    [InlineData("null", "$-1", "_")]
    [InlineData("true", ":1", "#t")]
    [InlineData("false", ":0", "#f")]
    [InlineData("nope", "-ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false", null)]
    [InlineData("push", "-ERR RESP2 is not supported by this command", null)]
    public async Task Protocol_replies_with_the_type_in_both_versions(string type, string inTwo, string? inThree)
    {
        await using EngineHost host = await OpenAsync(new ManualTimeProvider());
        using TestClient client = host.Connect();

        Assert.Equal(inTwo, Shown(await client.CallAsync("DEBUG", "PROTOCOL", type)));
        client.Run("HELLO 3");
        if (inThree is not null)
        {
            Assert.Equal(inThree, Shown(await client.CallAsync("DEBUG", "PROTOCOL", type)));
        }

        static string Shown(RespKv.Protocol.RespValue value) => ServerWireText.Of(value);
    }

    [Fact]
    public async Task Set_active_expire_stops_and_starts_the_expiry_in_the_background()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await OpenAsync(time);
        using TestClient client = host.Connect();
        client.Run("DEBUG SET-ACTIVE-EXPIRE 0");
        client.Run("SET a 1 PX 10");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, client.Run("DBSIZE").Integer);

        client.Run("DEBUG SET-ACTIVE-EXPIRE 1");
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, client.Run("DBSIZE").Integer);
    }

    [Theory]
    [InlineData("DEBUG RELOAD")]
    [InlineData("DEBUG RELOAD NOSAVE")]
    [InlineData("DEBUG LOADAOF")]
    public async Task Reload_gives_the_same_keys_back_and_the_server_goes_on(string command)
    {
        await using EngineHost host = await OpenAsync(new ManualTimeProvider());
        using TestClient client = host.Connect();
        client.Run("SET a 1 EX 100");
        client.Run("SET b 2");
        client.Run("DEL b");

        Assert.Equal("OK", client.Run(command).Text);

        Assert.Equal("1", client.Run("GET a").Text);
        Assert.Equal(100, client.Run("TTL a").Integer);
        Assert.True(client.Run("GET b").IsNull);
        Assert.Equal("OK", client.Run("SET c 3").Text);
    }

    [Fact]
    public async Task Reload_refuses_options_that_only_snapshots_have()
    {
        await using EngineHost host = await OpenAsync(new ManualTimeProvider());
        using TestClient client = host.Connect();

        Assert.Equal("ERR DEBUG RELOAD only supports the NOSAVE option.", client.Run("DEBUG RELOAD MERGE").Text);
    }

    [Theory]
    [InlineData("DEBUG RELOAD")]
    [InlineData("DEBUG OBJECT a")]
    public async Task What_touches_keys_is_refused_while_loading(string command)
    {
        await using EngineHost host = EngineHost.Create(new SimulatedFileSystem(), null, ("enable-debug-command", "yes"));
        using TestClient client = host.Connect();

        Assert.Equal("LOADING Redis is loading the dataset in memory", client.Run(command).Text);
    }

    [Fact]
    public async Task Object_tells_encoding_and_idle_time()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await OpenAsync(time);
        using TestClient client = host.Connect();
        time.Advance(TimeSpan.FromSeconds(1));
        client.Run("SET a bar");
        client.Run("SET n 12");
        client.Run("GET a");
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Matches(@"^Value at:0x0 refcount:1 encoding:embstr serializedlength:4 lru:\d+ lru_seconds_idle:5$", client.Run("DEBUG OBJECT a").Text);
        Assert.Contains(" encoding:int ", client.Run("DEBUG OBJECT n").Text);
    }

    [Fact]
    public async Task Help_lists_only_what_there_is()
    {
        await using EngineHost host = await OpenAsync(new ManualTimeProvider());
        using TestClient client = host.Connect();

        string[] lines = [.. client.Run("DEBUG HELP").Items.Select(item => item.Text)];

        Assert.Equal("DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", lines[0]);
        Assert.Equal(["HELP", "    Prints this help."], lines[^2..]);
        Assert.Contains("SLEEP <seconds>", lines);
    }

    private static Task<EngineHost> OpenAsync(ManualTimeProvider time)
        => EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("enable-debug-command", "yes"));
}
