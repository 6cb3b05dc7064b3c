using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>WAIT and WAITAOF.</summary>
public sealed class ServerWaitTests
{
    [Fact]
    public async Task Wait_for_replicas_answers_zero_when_its_time_is_over()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Send("WAIT", "2", "500");
        time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.False(client.TryRead(out _));

        time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(0, (await client.ReadAsync()).Integer);
    }

    [Fact]
    public async Task Wait_without_timeout_never_ends_by_itself()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Send("WAIT", "1", "0");
        time.Advance(TimeSpan.FromHours(1));

        Assert.False(client.TryRead(out _));
        Assert.Equal(1, host.Engine.Scheduler.SuspendedCount);
    }

    [Fact]
    public async Task Waitaof_answers_at_once_when_the_last_write_is_durable()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), new ManualTimeProvider());
        using TestClient client = host.Connect();
        Assert.Equal("1 0", Counts(client.Run("WAITAOF 1 0 0")));
        client.Run("SET a 1");

        Assert.Equal("1 0", Counts(client.Run("WAITAOF 1 0 0")));
        Assert.Equal("1 0", Counts(client.Run("WAITAOF 0 0 0")));
    }

    [Fact]
    public async Task Waitaof_waits_for_the_sync_that_everysec_did_not_wait_for()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, null, ("appendfsync", "everysec"), ("appendfsync-interval-ms", "1"));
        using TestClient client = host.Connect();
        files.HoldSyncs();
        Assert.Equal("OK", client.Run("SET a 1").Text);
        Assert.Equal("0 0", Counts(client.Run("WAITAOF 0 0 0")));

        client.Send("WAITAOF", "1", "0", "0");
        await files.SyncHeldAsync();
        Assert.False(client.TryRead(out _));
        files.ReleaseSyncs();

        Assert.Equal("1 0", Counts(await client.ReadAsync()));
    }

    [Fact]
    public async Task Waitaof_that_runs_out_of_time_says_what_is_durable()
    {
        var files = new SimulatedFileSystem();
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(files, time, ("appendfsync", "everysec"), ("appendfsync-interval-ms", "3600000"));
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        client.Send("WAITAOF", "1", "0", "100");
        Assert.False(client.TryRead(out _));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("0 0", Counts(await client.ReadAsync()));
    }

    [Fact]
    public async Task Waitaof_for_replicas_ends_by_its_timeout_even_when_the_write_is_durable()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        client.Send("WAITAOF", "1", "1", "100");
        Assert.False(client.TryRead(out _));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("1 0", Counts(await client.ReadAsync()));
    }

    [Theory]
    [InlineData("WAITAOF 1 0", "ERR wrong number of arguments for 'waitaof' command")]
    [InlineData("WAITAOF x 0 0", "ERR value is not an integer or out of range")]
    [InlineData("WAITAOF 2 0 0", "ERR value is out of range, value must between 0 and 1")]
    [InlineData("WAITAOF -1 0 0", "ERR value is out of range, value must between 0 and 1")]
    [InlineData("WAITAOF 0 -1 0", "ERR value is out of range, must be positive")]
    [InlineData("WAITAOF 0 x 0", "ERR value is not an integer or out of range")]
    [InlineData("WAITAOF 0 0 x", "ERR timeout is not an integer or out of range")]
    [InlineData("WAITAOF 0 0 -1", "ERR timeout is negative")]
    public async Task Waitaof_refuses_wrong_arguments(string command, string error)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal(error, client.Run(command).Text);
    }

    private static string Counts(RespValue reply) => string.Join(' ', reply.Items.Select(item => item.Integer));
}
