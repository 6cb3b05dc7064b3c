using System.Text;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.PubSub;

/// <summary>Streams of keyspace events: what they ask for, what they may see, and when (D8).</summary>
public sealed class EventStreamTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("SET a 1", "set")]
    [InlineData("DEL old", "del")]
    [InlineData("RENAME old new", "rename_from")]
    public async Task Event_is_not_seen_before_its_write_is_durable_and_has_its_LSN(string write, string name)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        Assert.Equal("OK", writer.Run("SET old 1").Text);
        using EventStream stream = Open(host, All);
        long before = host.Engine.DurableLsn;

        files.HoldSyncs();
        writer.Send(write.Split(' '));
        await files.SyncHeldAsync();
        Assert.Empty(await stream.ReadAsync(TimeSpan.Zero, CancellationToken.None));

        files.ReleaseSyncs();
        KeyEvent first = (await stream.ReadAsync(Long, CancellationToken.None))[0];
        Assert.Equal(name, first.Name);
        Assert.Equal(before + 1, first.Lsn);
        Assert.True(host.Engine.DurableLsn >= first.Lsn);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Event_that_was_seen_is_true_after_a_power_cut_in_the_middle_of_writes(int seed)
    {
        var files = new SimulatedFileSystem();
        var seen = new List<string>();
        SimulatedFileSystem left;
        await using (EngineHost host = await EngineHost.OpenAsync(files))
        {
            using TestClient writer = host.Connect();
            using EventStream stream = Open(host, All);
            for (int i = 0; i < 50; i++)
            {
                writer.Send("SET", $"key-{i}", "1");
            }

            seen.AddRange((await ReadAsync(stream, 20)).Select(each => Encoding.Latin1.GetString(each.Key.Span)));
            files.HoldSyncs();
            writer.Send("SET", "late", "1");
            seen.AddRange((await stream.ReadAsync(TimeSpan.Zero, CancellationToken.None)).Select(each => Encoding.Latin1.GetString(each.Key.Span)));
            left = files.Crash(seed);
        }

        await using EngineHost again = await EngineHost.OpenAsync(left);
        using TestClient reader = again.Connect();
        Assert.All(seen, key => Assert.Equal("1", reader.Run($"GET {key}").Text));
    }

    [Fact]
    public async Task Events_of_a_block_share_its_LSN()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using EventStream stream = Open(host, All);
        writer.Run("MULTI");
        writer.Run("SET a 1");
        writer.Run("LPUSH b 1");
        writer.Run("EXEC");

        IReadOnlyList<KeyEvent> events = await ReadAsync(stream, 2);

        Assert.Equal(["set a", "lpush b"], events.Select(Text));
        Assert.Equal(events[0].Lsn, events[1].Lsn);
        Assert.Equal(host.Engine.DurableLsn, events[0].Lsn);
    }

    [Fact]
    public async Task Nothing_of_a_failed_log_is_told()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using EventStream stream = Open(host, All);

        files.FailNext(FileOperation.SyncData, RespKv.Storage.Files.Errno.EIO, "wal-");
        writer.Send("SET", "a", "1");

        LocalClientException cut = await Assert.ThrowsAsync<LocalClientException>(async () => await ReadAsync(stream, 1));
        Assert.Contains("stopped", cut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_lets_through_what_was_asked_for()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using EventStream prefixed = Open(host, new EventFilter(0, "user:"u8.ToArray(), null, null));
        using EventStream matching = Open(host, new EventFilter(0, null, "*:1"u8.ToArray(), null));
        using EventStream named = Open(host, new EventFilter(0, null, null, ["del", "new"]));
        using EventStream other = Open(host, new EventFilter(1, null, null, null));
        using EventStream everywhere = Open(host, new EventFilter(null, null, null, null));
        foreach (string command in (string[])["SET user:1 a", "SET order:1 a", "SET user:2 a", "DEL user:2", "SELECT 1", "SET user:3 a"])
        {
            writer.Run(command);
        }

        Assert.Equal(["set user:1", "set user:2", "del user:2"], (await ReadAsync(prefixed, 3)).Select(Text));
        Assert.Equal(["set user:1", "set order:1"], (await ReadAsync(matching, 2)).Select(Text));
        Assert.Equal(["new user:1", "new order:1", "new user:2", "del user:2"], (await ReadAsync(named, 4)).Select(Text));
        Assert.Equal(["set user:3"], (await ReadAsync(other, 1)).Select(Text));
        Assert.Equal([0, 0, 0, 0, 1], (await ReadAsync(everywhere, 5)).Select(each => each.Database));
    }

    [Fact]
    public async Task Expired_and_evicted_keys_and_binary_ones_are_told()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient writer = host.Connect();
        using EventStream stream = Open(host, new EventFilter(0, null, null, ["expired"]));
        writer.Call("SET", "\u00FF\u0000", "1", "PX", "50");

        time.Advance(TimeSpan.FromMilliseconds(60));
        writer.Call("GET", "\u00FF\u0000");

        KeyEvent expired = Assert.Single(await ReadAsync(stream, 1));
        Assert.Equal("expired", expired.Name);
        Assert.Equal([0xFF, 0x00], expired.Key.ToArray());
        Assert.True(expired.Lsn > 0);
    }

    [Fact]
    public async Task Streams_and_channels_are_independent_of_each_other()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("notify-keyspace-events", "El"));
        using TestClient writer = host.Connect();
        using TestClient subscriber = host.Connect();
        subscriber.Run("PSUBSCRIBE *");
        using (EventStream stream = Open(host, All))
        {
            writer.Run("SET a 1");
            writer.Run("LPUSH l 1");
            Assert.Equal(["set a", "lpush l"], (await ReadAsync(stream, 2)).Select(Text));
        }

        Assert.Equal("pmessage * __keyevent@0__:lpush l", PushText.Text(await subscriber.ReadAsync()));
        Assert.False(subscriber.TryRead(out _));
        Assert.Equal(KeyspaceEvents.KeyEvent | KeyspaceEvents.List, host.Engine.Notifications.Mask);
        writer.Run("CONFIG SET notify-keyspace-events x");
        Assert.Equal(KeyspaceEvents.None, host.Engine.Notifications.Mask);
    }

    [Fact]
    public async Task User_sees_only_keys_that_it_may_read_and_loses_them_with_the_permission()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        admin.Run("ACL SETUSER reader on nopass +subscribe +auth ~mine:* %W~written:* &__keyevent@0__:*");
        using LocalClient reader = await LogInAsync(host, "reader");
        using EventStream stream = EventStream.Open(host.Engine, reader, All, out _)!;

        foreach (string command in (string[])["SET mine:1 a", "SET other:1 a", "SET written:1 a", "ACL SETUSER reader resetkeys ~other:*", "SET mine:2 a", "SET other:2 a"])
        {
            admin.Run(command);
        }

        Assert.Equal(["set mine:1", "set other:2"], (await ReadAsync(stream, 2)).Select(Text));
        admin.Run("ACL SETUSER reader resetchannels");
        Assert.Contains("may not listen", await CutReasonAsync(stream), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+@all ~*", false, null)]
    [InlineData("+get ~* allchannels", false, null)]
    [InlineData("+subscribe ~* &__keyevent@0__:*", true, null)]
    [InlineData("+subscribe ~* &__keyevent@0__:del", false, null)]
    [InlineData("+subscribe ~* &__keyevent@0__:del", true, "del")]
    [InlineData("+subscribe ~* &__keyevent@1__:*", false, null)]
    [InlineData("+subscribe ~* &*", true, null)]
    public async Task Stream_needs_permission_to_subscribe_and_for_the_channel(string rules, bool isAllowed, string? name)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        admin.Run($"ACL SETUSER someone on nopass +auth resetchannels {rules}");
        using LocalClient someone = await LogInAsync(host, "someone");

        using EventStream? stream = EventStream.Open(host.Engine, someone, new EventFilter(0, null, null, name is null ? null : [name]), out EventStreamRefusal refusal);

        Assert.Equal(isAllowed, stream is not null);
        Assert.Equal(isAllowed ? EventStreamRefusal.None : EventStreamRefusal.NoPermission, refusal);
    }

    [Fact]
    public async Task Stream_that_is_not_read_is_cut_at_the_limit_and_its_memory_freed()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("client-output-buffer-limit", "pubsub 64kb 0 0"));
        using TestClient writer = host.Connect();
        using EventStream stream = Open(host, All);

        for (int i = 0; i < 10_000 && stream.CutReason is null; i++)
        {
            writer.Call("SET", $"{new string('k', 100)}{i}", "1");
        }

        Assert.Equal("client-output-buffer-limit", stream.CutReason);
        await Assert.ThrowsAsync<LocalClientException>(async () => await ReadAsync(stream, int.MaxValue));
        Assert.Contains("client_output_buffer_limit_disconnections:1", writer.Run("INFO stats").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_keys_arrive_whole_whatever_pieces_they_come_in()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using EventStream stream = Open(host, All);
        string key = new('k', 300_000);

        writer.Call("SET", key, "1");
        writer.Call("SET", "short", "1");

        Assert.Equal([$"set {key}", "set short"], (await ReadAsync(stream, 2)).Select(Text));
    }

    [Fact]
    public async Task Number_of_streams_is_bounded_and_one_that_ends_makes_room()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("http-max-event-streams", "1"));
        using LocalClient asking = Asking(host);
        EventStream first = EventStream.Open(host.Engine, asking, All, out _)!;

        Assert.Null(EventStream.Open(host.Engine, asking, All, out EventStreamRefusal refusal));
        Assert.Equal(EventStreamRefusal.TooManyStreams, refusal);

        first.Dispose();
        using EventStream? second = EventStream.Open(host.Engine, asking, All, out _);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task Stream_without_events_is_not_idle()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("timeout", "1"));
        using TestClient idle = host.Connect();
        using TestClient subscriber = host.Connect();
        subscriber.Run("SUBSCRIBE c");
        using EventStream stream = Open(host, All);

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("timeout", idle.AbortReason);
        Assert.Null(subscriber.AbortReason);
        Assert.Null(stream.CutReason);
    }

    private static EventFilter All => new(0, null, null, null);

    private static LocalClient Asking(EngineHost host) => LocalClient.Connect(host.Engine, "127.0.0.1:1", "127.0.0.1:2", "test")!;

    private static async Task<LocalClient> LogInAsync(EngineHost host, string user)
    {
        LocalClient client = Asking(host);
        LocalReply reply = await client.ExecuteAsync((ReadOnlyMemory<byte>[])["AUTH"u8.ToArray(), Encoding.UTF8.GetBytes(user), "x"u8.ToArray()], CancellationToken.None);
        Assert.Equal("OK", reply.Values[0].Text);
        return client;
    }

    private static EventStream Open(EngineHost host, EventFilter filter)
    {
        using LocalClient asking = Asking(host);
        EventStream? stream = EventStream.Open(host.Engine, asking, filter, out EventStreamRefusal refusal);
        Assert.Equal(EventStreamRefusal.None, refusal);
        return stream!;
    }

    private static async Task<IReadOnlyList<KeyEvent>> ReadAsync(EventStream stream, int count)
    {
        var events = new List<KeyEvent>();
        while (events.Count < count)
        {
            IReadOnlyList<KeyEvent> more = await stream.ReadAsync(Long, CancellationToken.None);
            Assert.NotEmpty(more);
            events.AddRange(more);
        }

        return events;
    }

    private static async Task<string> CutReasonAsync(EventStream stream)
    {
        LocalClientException cut = await Assert.ThrowsAsync<LocalClientException>(async () => await ReadAsync(stream, 1));
        return cut.Message;
    }

    private static string Text(KeyEvent keyEvent) => $"{keyEvent.Name} {Encoding.Latin1.GetString(keyEvent.Key.Span)}";
}
