using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>CLIENT KILL: who is cut off, and who is not.</summary>
public sealed class ClientKillTests
{
    [Fact]
    public async Task Kill_by_id_cuts_that_client_and_executes_nothing_of_it_any_more()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient killer = host.Connect();
        using TestClient victim = host.Connect();

        Assert.Equal(1, killer.Call("CLIENT", "KILL", "ID", victim.Session.Id.ToString()).Integer);

        Assert.NotNull(victim.AbortReason);
        victim.Send("SET", "a", "1");
        Assert.True(killer.Run("GET a").IsNull);
        Assert.False(victim.TryRead(out _));
    }

    [Fact]
    public async Task Kill_of_a_killed_client_counts_nothing()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient killer = host.Connect();
        using TestClient victim = host.Connect();
        string id = victim.Session.Id.ToString();
        killer.Call("CLIENT", "KILL", "ID", id);

        Assert.Equal(0, killer.Call("CLIENT", "KILL", "ID", id).Integer);
    }

    [Fact]
    public async Task Kill_by_filters_spares_the_caller_unless_skipme_is_no()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient killer = host.Connect();
        using TestClient first = host.Connect();
        using TestClient second = host.Connect();

        Assert.Equal(2, killer.Run("CLIENT KILL TYPE normal").Integer);
        Assert.False(killer.IsClosing);
        Assert.NotNull(first.AbortReason);
        Assert.NotNull(second.AbortReason);

        Assert.Equal(1, killer.Run("CLIENT KILL USER default SKIPME no").Integer);
        Assert.True(killer.IsClosing);
        Assert.Null(killer.AbortReason);
    }

    [Fact]
    public async Task Filters_must_all_match()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient killer = host.Connect();
        using var near = new TestClient(host.Engine, "127.0.0.1:1111");
        using var far = new TestClient(host.Engine, "10.0.0.9:2222");

        Assert.Equal(0, killer.Call("CLIENT", "KILL", "ID", near.Session.Id.ToString(), "ADDR", "10.0.0.9:2222").Integer);
        Assert.Equal(0, killer.Run("CLIENT KILL ADDR 10.0.0.9:2222 LADDR 10.0.0.1:6380").Integer);
        Assert.Equal(0, killer.Run("CLIENT KILL ADDR 10.0.0.9:2222 TYPE pubsub").Integer);
        Assert.Equal(1, killer.Run("CLIENT KILL LADDR 127.0.0.1:6380 ADDR 10.0.0.9:2222").Integer);
        Assert.NotNull(far.AbortReason);
        Assert.Null(near.AbortReason);
    }

    [Fact]
    public async Task Old_form_kills_by_address_even_oneself_after_the_reply()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using var client = new TestClient(host.Engine, "10.0.0.9:2222");

        Assert.Equal("OK", client.Run("CLIENT KILL 10.0.0.9:2222").Text);

        Assert.True(client.IsClosing);
    }

    [Fact]
    public async Task Kill_ends_a_client_that_waits()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient killer = host.Connect();
        TestClient waiting = host.Connect();
        waiting.Send("WAIT", "1", "0");
        Assert.Equal(1, host.Engine.Scheduler.SuspendedCount);

        Assert.Equal(1, killer.Call("CLIENT", "KILL", "ID", waiting.Session.Id.ToString()).Integer);
        waiting.Dispose();

        Assert.Equal(0, host.Engine.Scheduler.SuspendedCount);
        Assert.False(waiting.TryRead(out RespValue _));
    }
}
