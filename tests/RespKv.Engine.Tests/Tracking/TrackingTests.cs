using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using static RespKv.Engine.Tests.PubSub.PushText;

namespace RespKv.Engine.Tests.Tracking;

public sealed class TrackingTests
{
    [Fact]
    public async Task Key_that_was_read_is_invalidated_once_when_it_changes()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, "ON");
        client.Run("MGET a b");

        writer.Run("SET a 1");
        writer.Run("SET a 2");
        writer.Run("SET c 2");

        Assert.Equal(["invalidate [a]"], Arrived(client));
        Assert.Contains("tracking_total_keys:1\r\ntracking_total_items:1\r\n", writer.Run("INFO stats").Text, StringComparison.Ordinal);
        Assert.Contains("tracking_clients:1", writer.Run("INFO clients").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Own_change_is_told_behind_the_reply_and_not_at_all_with_NOLOOP()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = Tracking(host, "ON");
        client.Run("GET a");
        client.Run("MULTI");
        client.Run("SET a 1");
        client.Run("GET b");

        Assert.Equal("OK nil", Text(client.Run("EXEC")));
        Assert.Equal("invalidate [a]", Text(await client.ReadAsync()));

        client.Run("CLIENT TRACKING ON NOLOOP");
        client.Run("GET a");
        client.Run("SET a 2");
        Assert.Empty(Arrived(client));
    }

    [Fact]
    public async Task OPTIN_and_OPTOUT_choose_by_CLIENT_CACHING_for_one_command()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, "ON OPTIN");
        client.Run("CLIENT CACHING yes");
        client.Run("GET a");
        client.Run("GET b");
        writer.Run("MSET a 1 b 1");
        Assert.Equal(["invalidate [a]"], Arrived(client));

        client.Run("CLIENT TRACKING OFF");
        client.Run("CLIENT TRACKING ON OPTOUT");
        client.Run("CLIENT CACHING no");
        client.Run("GET a");
        client.Run("GET b");
        writer.Run("MSET a 1 b 1");
        Assert.Equal(["invalidate [b]"], Arrived(client));
    }

    [Fact]
    public async Task Broadcast_tells_of_all_keys_with_the_prefix_once_a_turn()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, "ON BCAST PREFIX x: PREFIX y:");
        using TestClient all = Tracking(host, "ON BCAST");

        writer.Run("MSET x:2 1 x:1 1 y:1 1 z 1");

        Assert.Equal(["invalidate [x:1 x:2]", "invalidate [y:1]"], Arrived(client));
        Assert.Equal(["invalidate [x:1 x:2 y:1 z]"], Arrived(all));
    }

    [Fact]
    public async Task Broadcast_with_NOLOOP_leaves_out_the_clients_own_changes_but_not_expiry()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, "ON BCAST NOLOOP");
        client.Run("SET mine 1 PX 50");
        Assert.Empty(Arrived(client));
        writer.Run("SET other 1");
        Assert.Equal(["invalidate [other]"], Arrived(client));

        time.Advance(TimeSpan.FromMilliseconds(60));
        client.Send("GET", "mine");

        // Either of GET and the housekeeping may have been first to find it expired.
        string[] arrived = [Text(await client.ReadAsync()), Text(await client.ReadAsync())];
        Assert.Contains("invalidate [mine]", arrived);
    }

    [Fact]
    public async Task Redirected_invalidations_go_to_a_subscriber_of_RESP2_and_its_end_is_told()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        TestClient receiver = host.Connect();
        long id = receiver.Run("CLIENT ID").Integer;
        using TestClient client = Tracking(host, $"ON REDIRECT {id}");
        receiver.Run("SUBSCRIBE __redis__:invalidate");
        client.Run("GET a");
        writer.Run("SET a 1");
        Assert.Equal(["message __redis__:invalidate [a]"], Arrived(receiver));
        Assert.Equal(id, client.Run("CLIENT GETREDIR").Integer);

        client.Run("GET a");
        receiver.Dispose();
        writer.Run("SET a 2");
        Assert.Equal([$"tracking-redir-broken {id}"], Arrived(client));
        Assert.Equal($"flags [on broken_redirect] redirect {id} prefixes ", Text(client.Run("CLIENT TRACKINGINFO")));
        Assert.Contains(" flags=tR ", writer.Run("CLIENT LIST").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_that_does_not_read_its_invalidations_is_cut_at_the_limit_of_subscribers()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("client-output-buffer-limit", "pubsub 64kb 0 0"));
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, "ON BCAST");
        using TestClient reader = Tracking(host, "ON BCAST");
        client.StopReading();
        string key = new('k', 1000);

        for (int i = 0; i < 1000 && client.AbortReason is null; i++)
        {
            writer.Run($"SET {key} {i}");
        }

        Assert.Equal("client-output-buffer-limit", client.AbortReason);
        Assert.Null(reader.AbortReason);
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("FLUSHDB ASYNC")]
    public async Task Flush_invalidates_everything(string flush)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, "ON");
        writer.Run("SET a 1");
        client.Run("GET a");

        writer.Run(flush);
        writer.Run(flush);

        Assert.Equal(["invalidate nil", "invalidate nil"], Arrived(client));
        Assert.Contains("tracking_total_keys:0", writer.Run("INFO stats").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_above_its_limit_is_made_smaller_before_the_next_command()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient other = host.Connect();
        using TestClient client = Tracking(host, "ON");
        client.Run("MGET a b c");
        other.Run("CONFIG SET tracking-table-max-keys 1");

        other.Run("PING");

        Assert.Equal(2, Arrived(client).Length);
        Assert.Contains("tracking_total_keys:1", other.Run("INFO stats").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ON PREFIX a", "PREFIX option requires BCAST mode to be enabled")]
    [InlineData("ON BCAST OPTIN", "OPTIN and OPTOUT are not compatible with BCAST")]
    [InlineData("ON OPTIN OPTOUT", "You can't specify both OPTIN mode and OPTOUT mode")]
    [InlineData("ON BCAST PREFIX FOOBAR PREFIX FOO", "Prefix 'FOOBAR' overlaps with another provided prefix 'FOO'. Prefixes for a single client must not overlap.")]
    [InlineData("ON REDIRECT 999", "The client ID you want redirect to does not exist")]
    [InlineData("ON REDIRECT 1 REDIRECT 1", "A client can only redirect to a single other client")]
    [InlineData("ON WHAT", "syntax error")]
    [InlineData("MAYBE", "syntax error")]
    public async Task Options_that_do_not_fit_are_refused(string options, string error)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal($"ERR {error}", client.Run($"CLIENT TRACKING {options}").Text);
        Assert.Equal("flags [off] redirect -1 prefixes ", Text(client.Run("CLIENT TRACKINGINFO")));
    }

    [Fact]
    public async Task Modes_are_not_switched_while_tracking_is_on()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = Tracking(host, "ON OPTIN");
        const string Switch = "before disabling tracking for this client, and then re-enabling it with a different mode.";

        Assert.Equal($"ERR You can't switch BCAST mode on/off {Switch}", client.Run("CLIENT TRACKING ON BCAST").Text);
        Assert.Equal($"ERR You can't switch OPTIN/OPTOUT mode {Switch}", client.Run("CLIENT TRACKING ON OPTOUT").Text);
        Assert.Equal("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.", client.Run("CLIENT CACHING no").Text);
        client.Run("RESET");
        Assert.Equal(-1, client.Run("CLIENT GETREDIR").Integer);
    }

    [Theory]
    [InlineData("ON")]
    [InlineData("ON BCAST")]
    public async Task Invalidation_waits_for_the_change_that_it_tells_of(string options)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, options);
        client.Run("GET a");

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        Assert.False(client.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("invalidate [a]", Text(await client.ReadAsync()));
    }

    [Fact]
    public async Task Invalidation_comes_behind_the_reply_that_showed_the_old_value()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient client = Tracking(host, "ON");

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        client.Send("GET", "a");
        writer.Send("SET", "a", "2");

        files.ReleaseSyncs();
        Assert.Equal("1", (await client.ReadAsync()).Text);
        Assert.Equal("invalidate [a]", Text(await client.ReadAsync()));
    }

    private static TestClient Tracking(EngineHost host, string options)
    {
        TestClient client = host.Connect();
        client.Run("HELLO 3");
        Assert.Equal("OK", client.Run($"CLIENT TRACKING {options}").Text);
        return client;
    }
}
