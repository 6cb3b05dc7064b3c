using RespKv.Engine.PubSub;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using static RespKv.Engine.Tests.PubSub.PushText;

namespace RespKv.Engine.Tests.PubSub;

public sealed class KeyspaceEventTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("KEA", "AKE")]
    [InlineData("gKE", "gKE")]
    [InlineData("Eg$lshzxetdmn", "AEm")]
    [InlineData("nEm$", "$nEm")]
    [InlineData("Kxxx", "xK")]
    public void Letters_are_shown_as_redis_shows_them(string text, string shown)
    {
        Assert.True(KeyspaceEventsText.TryParse(text, out KeyspaceEvents events));
        Assert.Equal(shown, KeyspaceEventsText.Format(events));
    }

    [Fact]
    public async Task Unknown_letter_is_refused_in_redis_words()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal(
            "ERR CONFIG SET failed (possibly related to argument 'notify-keyspace-events') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.",
            client.Run("CONFIG SET notify-keyspace-events KQ").Text);
        Assert.Equal("OK", client.Run("CONFIG SET notify-keyspace-events KA").Text);
        Assert.Equal("AK", client.Run("CONFIG GET notify-keyspace-events").Items[1].Text);
    }

    [Theory]
    [InlineData("SET a 1", "set a")]
    [InlineData("SET a 1 EX 10", "set a;expire a")]
    [InlineData("SET old 1 XX KEEPTTL", "set old")]
    [InlineData("SET old 1 NX", "")]
    [InlineData("SETNX a 1", "set a")]
    [InlineData("SETNX old 1", "")]
    [InlineData("SETEX a 10 1", "set a;expire a")]
    [InlineData("PSETEX a 10000 1", "set a;expire a")]
    [InlineData("MSET a 1 b 2", "set a;set b")]
    [InlineData("MSETNX a 1 b 2", "set a;set b")]
    [InlineData("GETSET old 2", "set old")]
    [InlineData("GETDEL old", "del old")]
    [InlineData("GETEX old EX 10", "expire old")]
    [InlineData("GETEX old EXAT 1", "del old")]
    [InlineData("GETEX timed PERSIST", "persist timed")]
    [InlineData("GETEX old PERSIST", "")]
    [InlineData("APPEND old x", "append old")]
    [InlineData("APPEND a x", "append a")]
    [InlineData("SETRANGE old 2 x", "setrange old")]
    [InlineData("INCR n", "incrby n")]
    [InlineData("DECRBY n 2", "incrby n")]
    [InlineData("INCRBYFLOAT n 2", "incrbyfloat n")]
    [InlineData("DEL old timed missing", "del old;del timed")]
    [InlineData("UNLINK old", "del old")]
    [InlineData("EXPIRE old 10", "expire old")]
    [InlineData("EXPIRE old -1", "del old")]
    [InlineData("EXPIRE missing 10", "")]
    [InlineData("PERSIST timed", "persist timed")]
    [InlineData("PERSIST old", "")]
    [InlineData("RENAME old new", "rename_from old;rename_to new")]
    [InlineData("RENAME old old", "")]
    [InlineData("RENAMENX old new", "rename_from old;rename_to new")]
    [InlineData("COPY old new", "copy_to new")]
    [InlineData("MOVE old 1", "move_from old")]
    [InlineData("GET missing", "")]
    [InlineData("FLUSHALL", "")]
    public async Task Command_tells_what_it_did(string command, string events)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("notify-keyspace-events", "EA"));
        using TestClient client = host.Connect();
        using TestClient subscriber = host.Connect();
        client.Run("MSET old 1 n 1 timed 1");
        client.Run("EXPIRE timed 100");
        subscriber.Run("PSUBSCRIBE __keyevent@0__:*");

        client.Run(command);

        const string Prefix = "pmessage __keyevent@0__:* __keyevent@0__:";
        Assert.Equal(events, string.Join(';', Arrived(subscriber).Select(text => text.Replace(Prefix, "", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Both_kinds_of_channels_are_told_and_the_other_database_is_named()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("notify-keyspace-events", "KEg"));
        using TestClient client = host.Connect();
        using TestClient subscriber = host.Connect();
        client.Run("SET a 1");
        subscriber.Run("PSUBSCRIBE *");

        client.Run("MOVE a 3");

        Assert.Equal(
            ["pmessage * __keyspace@0__:a move_from", "pmessage * __keyevent@0__:move_from a", "pmessage * __keyspace@3__:a move_to", "pmessage * __keyevent@3__:move_to a"],
            Arrived(subscriber));
    }

    [Fact]
    public async Task New_keys_and_misses_are_told_when_asked_for()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("notify-keyspace-events", "Enm"));
        using TestClient client = host.Connect();
        using TestClient subscriber = host.Connect();
        subscriber.Run("PSUBSCRIBE *");

        client.Run("SET a 1");
        client.Run("SET a 2");
        client.Run("GET missing");
        client.Run("OBJECT ENCODING missing");
        client.Run("APPEND b 1");

        Assert.Equal(
            ["pmessage * __keyevent@0__:new a", "pmessage * __keyevent@0__:keymiss missing", "pmessage * __keyevent@0__:new b"], Arrived(subscriber));
    }

    [Fact]
    public async Task Expired_key_that_is_overwritten_has_expired_and_is_new()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("notify-keyspace-events", "ExngE$"));
        using TestClient client = host.Connect();
        using TestClient subscriber = host.Connect();
        client.Run("DEBUG SET-ACTIVE-EXPIRE 0");
        client.Run("SET a 1 PX 50");
        subscriber.Run("PSUBSCRIBE *");

        time.Advance(TimeSpan.FromMilliseconds(60));
        client.Run("SET a 2");

        string[] events = Arrived(subscriber);
        Assert.Equal("pmessage * __keyevent@0__:expired a", events[0]);
        Assert.Equal(["pmessage * __keyevent@0__:new a", "pmessage * __keyevent@0__:set a"], events[^2..]);
    }
}
