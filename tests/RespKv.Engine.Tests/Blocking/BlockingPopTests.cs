using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Blocking;

/// <summary>Clients that wait for keys: who is served, when, in which order, and who is not.</summary>
public sealed class BlockingPopTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<TestClient> _clients = [];
    private EngineHost _host = null!;
    private TestClient _pusher = null!;

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("BLPOP l 0", "l a")]
    [InlineData("BRPOP l 0", "l b")]
    [InlineData("BLMPOP 0 1 l LEFT", "l [a]")]
    [InlineData("BLMPOP 0 1 l RIGHT COUNT 5", "l [b a]")]
    [InlineData("BLMOVE l m LEFT RIGHT 0", "a")]
    [InlineData("BRPOPLPUSH l m 0", "b")]
    [InlineData("BLPOP x l y 0", "l a")]
    [InlineData("BLPOP l l 0", "l a")]
    public async Task Waiting_command_gets_what_is_pushed(string command, string expected)
    {
        await OpenAsync();
        TestClient waiting = Wait(command);

        Assert.Equal(2, _pusher.Run("RPUSH l a b").Integer);

        Assert.Equal(expected, Text(await waiting.ReadAsync()));
        Assert.Equal(0, _host.Engine.Scheduler.SuspendedCount);
        Assert.Equal(0, _host.Engine.Mutator.Blocked.Count);
        Assert.Equal("PONG", waiting.Run("PING").Text);
    }

    [Fact]
    public async Task Clients_are_served_in_the_order_in_which_they_came_each_with_one_element()
    {
        await OpenAsync();
        TestClient[] waiting = [Wait("BLPOP l 0"), Wait("BLPOP other l 0"), Wait("BRPOP l 0"), Wait("BLPOP l 0")];

        _pusher.Run("RPUSH l 1 2 3");

        Assert.Equal("l 1", Text(await waiting[0].ReadAsync()));
        Assert.Equal("l 2", Text(await waiting[1].ReadAsync()));
        Assert.Equal("l 3", Text(await waiting[2].ReadAsync()));
        Assert.Equal(1, _host.Engine.Scheduler.SuspendedCount);
        Assert.Equal(0, _pusher.Run("EXISTS l").Integer);
        _pusher.Run("RPUSH l 4");
        Assert.Equal("l 4", Text(await waiting[3].ReadAsync()));
    }

    [Fact]
    public async Task Element_goes_to_the_client_before_the_next_command_of_the_same_pipeline()
    {
        await OpenAsync();
        TestClient waiting = Wait("BLPOP l 0");

        _pusher.SendRaw([.. TestClient.Encode("RPUSH", "l", "a"), .. TestClient.Encode("LLEN", "l"), .. TestClient.Encode("LPOP", "l")]);

        Assert.Equal(1, (await _pusher.ReadAsync()).Integer);
        Assert.Equal(0, (await _pusher.ReadAsync()).Integer);
        Assert.True((await _pusher.ReadAsync()).IsNull);
        Assert.Equal("l a", Text(await waiting.ReadAsync()));
    }

    [Fact]
    public async Task Block_is_over_before_anyone_is_served_and_what_it_takes_back_was_never_there()
    {
        await OpenAsync();
        TestClient waiting = Wait("BLPOP l 0");

        Block("RPUSH l a", "DEL l");
        Assert.False(waiting.TryRead(out _));

        Block("RPUSH l b", "DEL l", "RPUSH l c", "LLEN l");
        Assert.Equal("l c", Text(await waiting.ReadAsync()));
    }

    [Fact]
    public async Task Key_that_a_block_touched_first_is_served_first()
    {
        await OpenAsync();
        TestClient waiting = Wait("BLPOP one two 0");

        Block("RPUSH two b", "RPUSH one a");

        Assert.Equal("two b", Text(await waiting.ReadAsync()));
        Assert.Equal(1, _pusher.Run("LLEN one").Integer);
    }

    [Fact]
    public async Task What_a_served_client_pushes_serves_the_next_one()
    {
        await OpenAsync();
        TestClient last = Wait("BLPOP c 0");
        TestClient second = Wait("BLMOVE b c LEFT LEFT 0");
        TestClient first = Wait("BRPOPLPUSH a b 0");

        _pusher.Run("RPUSH a x");

        Assert.Equal("x", (await first.ReadAsync()).Text);
        Assert.Equal("x", (await second.ReadAsync()).Text);
        Assert.Equal("c x", Text(await last.ReadAsync()));
        Assert.Equal(0, _pusher.Run("DBSIZE").Integer);
    }

    [Fact]
    public async Task Clients_that_move_in_a_circle_are_each_served_once()
    {
        await OpenAsync();
        TestClient there = Wait("BRPOPLPUSH a b 0");
        TestClient back = Wait("BRPOPLPUSH b a 0");
        TestClient itself = Wait("BRPOPLPUSH a a 0");

        _pusher.Run("RPUSH a x");

        Assert.Equal("x", (await there.ReadAsync()).Text);
        Assert.Equal("x", (await back.ReadAsync()).Text);
        Assert.Equal("x", (await itself.ReadAsync()).Text);
        Assert.Equal(1, _pusher.Run("LLEN a").Integer);
    }

    [Theory]
    [InlineData("RENAME old l")]
    [InlineData("COPY old l")]
    [InlineData("MOVE l 0")]
    [InlineData("SWAPDB 0 1")]
    [InlineData("LMOVE old l LEFT LEFT")]
    public async Task List_that_comes_into_being_in_another_way_is_served_too(string command)
    {
        await OpenAsync();
        _pusher.Run("RPUSH old a");
        _pusher.Run("SELECT 1");
        _pusher.Run("RPUSH l a");
        if (!command.StartsWith("MOVE", StringComparison.Ordinal))
        {
            _pusher.Run("SELECT 0");
        }

        TestClient waiting = Wait("BLPOP l 0");
        _pusher.Run(command);

        Assert.Equal("l a", Text(await waiting.ReadAsync()));
    }

    [Fact]
    public async Task Value_of_another_type_is_left_and_a_destination_of_another_type_is_an_error_that_changes_nothing()
    {
        await OpenAsync();
        TestClient popping = Wait("BLPOP l 0");
        TestClient moving = Wait("BRPOPLPUSH l s 0");
        _pusher.Run("SET l string");
        Assert.Equal(2, _host.Engine.Scheduler.SuspendedCount);
        _pusher.Run("DEL l");

        _pusher.Run("SET s string");
        _pusher.Run("RPUSH l a b");

        Assert.Equal("l a", Text(await popping.ReadAsync()));
        Assert.Equal("WRONGTYPE Operation against a key holding the wrong kind of value", (await moving.ReadAsync()).Text);
        Assert.Equal(1, _pusher.Run("LLEN l").Integer);
        Assert.Equal("string", _pusher.Run("GET s").Text);
    }

    [Fact]
    public async Task Time_that_is_up_is_a_nil_and_the_client_waits_no_more()
    {
        await OpenAsync();
        TestClient waiting = Wait("BLPOP l m 1.5");
        TestClient moving = Wait("BLMOVE l m LEFT LEFT 1");
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(waiting.TryRead(out _));

        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal('*', (await moving.ReadAsync()).Marker);
        Assert.False(waiting.TryRead(out _));

        _time.Advance(TimeSpan.FromMilliseconds(600));
        RespValue reply = await waiting.ReadAsync();
        Assert.True(reply.IsNull);
        Assert.Equal('*', reply.Marker);
        Assert.Equal(0, _host.Engine.Mutator.Blocked.Count);
        _pusher.Run("RPUSH l a");
        Assert.Equal(1, _pusher.Run("LLEN l").Integer);
    }

    [Theory]
    [InlineData("TIMEOUT", null)]
    [InlineData("ERROR", "UNBLOCKED client unblocked via CLIENT UNBLOCK")]
    public async Task Unblocked_client_gets_nothing_that_the_same_pipeline_pushes(string how, string? error)
    {
        await OpenAsync();
        TestClient waiting = Wait("BLPOP l 0");

        _pusher.SendRaw([.. TestClient.Encode("CLIENT", "UNBLOCK", $"{waiting.Session.Id}", how), .. TestClient.Encode("RPUSH", "l", "a"), .. TestClient.Encode("LLEN", "l")]);

        Assert.Equal(1, (await _pusher.ReadAsync()).Integer);
        Assert.Equal(1, (await _pusher.ReadAsync()).Integer);
        Assert.Equal(1, (await _pusher.ReadAsync()).Integer);
        RespValue reply = await waiting.ReadAsync();
        Assert.Equal(error, reply.IsNull ? null : reply.Text);
    }

    [Fact]
    public async Task Client_that_is_gone_is_passed_over()
    {
        await OpenAsync();
        TestClient gone = Wait("BLPOP l 0");
        TestClient waiting = Wait("BLPOP l 0");
        _host.Engine.Disconnect(gone.Session);

        _pusher.Run("RPUSH l a");

        Assert.Equal("l a", Text(await waiting.ReadAsync()));
        Assert.Equal(0, _host.Engine.Mutator.Blocked.Count);
    }

    [Fact]
    public async Task Pipeline_behind_the_command_that_waited_goes_on_when_it_is_served()
    {
        await OpenAsync();
        TestClient waiting = Connect();
        waiting.SendRaw([.. TestClient.Encode("BLPOP", "l", "0"), .. TestClient.Encode("SET", "k", "v"), .. TestClient.Encode("BLPOP", "l", "0"), .. TestClient.Encode("GET", "k")]);
        Assert.Equal(0, _pusher.Run("EXISTS k").Integer);

        _pusher.Run("RPUSH l a b");

        Assert.Equal("l a", Text(await waiting.ReadAsync()));
        Assert.Equal("OK", (await waiting.ReadAsync()).Text);
        Assert.Equal("l b", Text(await waiting.ReadAsync()));
        Assert.Equal("v", (await waiting.ReadAsync()).Text);
    }

    [Fact]
    public async Task While_writes_are_paused_nobody_is_served()
    {
        await OpenAsync();
        TestClient waiting = Wait("BLPOP l 0");

        Block("CLIENT PAUSE 100000 WRITE", "RPUSH l a");
        Assert.False(waiting.TryRead(out _));
        Assert.Equal(1, _pusher.Run("LLEN l").Integer);

        Assert.Equal("OK", _pusher.Run("CLIENT UNPAUSE").Text);
        Assert.Equal("l a", Text(await waiting.ReadAsync()));
    }

    [Fact]
    public async Task Reply_that_the_client_does_not_want_is_dropped_and_the_element_is_its_own()
    {
        await OpenAsync();
        TestClient waiting = Connect();
        waiting.Send("CLIENT", "REPLY", "SKIP");
        waiting.Send("BLPOP", "l", "0");

        _pusher.Run("RPUSH l a");

        Assert.Equal("PONG", waiting.Run("PING").Text);
        Assert.Equal(0, _pusher.Run("EXISTS l").Integer);
    }

    [Fact]
    public async Task Waiting_command_is_one_call_and_the_slow_log_hears_of_it_when_it_is_served()
    {
        await OpenAsync(("slowlog-log-slower-than", "0"));
        TestClient waiting = Wait("BLPOP l 0");
        Assert.DoesNotContain("BLPOP", Text(_pusher.Run("SLOWLOG GET")), StringComparison.Ordinal);
        Assert.Contains("blocked_clients:1", _pusher.Run("INFO clients").Text, StringComparison.Ordinal);
        Assert.Contains("flags=b", _pusher.Call("CLIENT", "LIST", "ID", $"{waiting.Session.Id}").Text, StringComparison.Ordinal);

        _pusher.Run("RPUSH l a");
        await waiting.ReadAsync();

        Assert.Contains("[BLPOP l 0]", Text(_pusher.Run("SLOWLOG GET")), StringComparison.Ordinal);
        Assert.Contains("cmdstat_blpop:calls=1,", _pusher.Run("INFO commandstats").Text, StringComparison.Ordinal);
        Assert.Contains("blocked_clients:0", _pusher.Run("INFO clients").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watched_key_whose_element_went_to_a_waiting_client_has_changed()
    {
        await OpenAsync();
        TestClient waiting = Wait("BRPOPLPUSH l m 0");
        TestClient watching = Connect();
        watching.Run("WATCH m");
        watching.Run("MULTI");
        watching.Run("PING");

        _pusher.Run("RPUSH l a");

        Assert.Equal("a", (await waiting.ReadAsync()).Text);
        Assert.True(watching.Run("EXEC").IsNull);
    }

    private async Task OpenAsync(params (string Name, string Value)[] settings)
    {
        _host = await EngineHost.OpenAsync(new SimulatedFileSystem(), _time, settings);
        _pusher = Connect();
    }

    private TestClient Connect()
    {
        TestClient client = _host.Connect();
        _clients.Add(client);
        return client;
    }

    private TestClient Wait(string command)
    {
        TestClient client = Connect();
        client.Send(command.Split(' '));
        Assert.True(client.Session.IsSuspended);
        return client;
    }

    private void Block(params string[] commands)
    {
        _pusher.Run("MULTI");
        foreach (string command in commands)
        {
            Assert.Equal("QUEUED", _pusher.Run(command).Text);
        }

        Assert.Equal(commands.Length, _pusher.Run("EXEC").Items.Count);
    }

    /// <summary>The texts of an array; nested ones in brackets.</summary>
    private static string Text(RespValue reply)
        => reply.Kind == RespKind.Array
            ? string.Join(' ', reply.Items.Select(item => item.Kind == RespKind.Array ? $"[{Text(item)}]" : item.Text))
            : reply.Text;
}
