using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>CLIENT PAUSE, UNPAUSE and UNBLOCK. Time stands still unless a test moves it, so what is held stays held.</summary>
public sealed class ClientPauseTests
{
    [Fact]
    public async Task Pause_holds_every_command_until_its_time_is_over()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient admin = host.Connect();
        using TestClient client = host.Connect();
        Assert.Equal("OK", admin.Run("CLIENT PAUSE 1000").Text);

        client.Send("PING");
        Assert.False(client.TryRead(out _));
        time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(client.TryRead(out _));

        time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal("PONG", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Pause_of_writes_lets_reads_through_and_unpause_ends_it()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), new ManualTimeProvider());
        using TestClient admin = host.Connect();
        using TestClient writer = host.Connect();
        admin.Run("CLIENT PAUSE 100000 WRITE");

        writer.Send("SET", "a", "1");
        Assert.False(writer.TryRead(out _));
        Assert.True(admin.Run("GET a").IsNull);

        Assert.Equal("OK", admin.Run("CLIENT UNPAUSE").Text);
        Assert.Equal("OK", (await writer.ReadAsync()).Text);
        Assert.Equal("1", admin.Run("GET a").Text);
    }

    [Fact]
    public async Task Pause_beyond_the_end_of_time_is_a_long_one()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), new ManualTimeProvider());
        using TestClient admin = host.Connect();

        Assert.Equal("OK", admin.Run("CLIENT PAUSE 9223372036854775807 WRITE").Text);

        Assert.Equal(long.MaxValue, host.Engine.Scheduler.PausedUntilMillis);
    }

    [Theory]
    [InlineData("CLIENT UNBLOCK 2", "0", false)]
    [InlineData("CLIENT UNBLOCK 2 TIMEOUT", "0", false)]
    [InlineData("CLIENT UNBLOCK 2 ERROR", "UNBLOCKED client unblocked via CLIENT UNBLOCK", true)]
    public async Task Unblock_ends_a_wait_by_timeout_or_error(string command, string reply, bool isError)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), new ManualTimeProvider());
        using TestClient admin = host.Connect();
        using TestClient waiting = host.Connect();
        waiting.Send("WAIT", "1", "0");
        waiting.Send("PING");

        Assert.Equal(1, admin.Run(command).Integer);

        RespKv.Protocol.RespValue ended = await waiting.ReadAsync();
        Assert.Equal((reply, isError), (ended.Text, ended.IsError));
        Assert.Equal("PONG", (await waiting.ReadAsync()).Text);
    }

    [Fact]
    public async Task Unblock_of_a_client_that_does_not_wait_does_nothing()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient other = host.Connect();

        Assert.Equal(0, admin.Call("CLIENT", "UNBLOCK", other.Session.Id.ToString()).Integer);
    }

    [Fact]
    public async Task Unblock_does_not_end_what_goes_on_behind_the_command()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("enable-debug-command", "yes"));
        using TestClient shut = host.Connect();
        shut.Send("SHUTDOWN");
        using TestClient admin = host.Connect();

        Assert.Equal(0, admin.Call("CLIENT", "UNBLOCK", shut.Session.Id.ToString()).Integer);
        Assert.False(shut.TryRead(out _));
    }
}
