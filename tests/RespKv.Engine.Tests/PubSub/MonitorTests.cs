using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using static RespKv.Engine.Tests.PubSub.PushText;

namespace RespKv.Engine.Tests.PubSub;

public sealed class MonitorTests
{
    [Fact]
    public async Task Commands_are_shown_with_client_and_database_and_escaped()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        using TestClient monitor = host.Connect();
        Assert.Equal("OK", monitor.Run("MONITOR").Text);

        client.Run("SELECT 2");
        client.Call("SET", "a\"\\", "1\n\u0001é");
        client.Run("CONFIG GET port");
        client.Run("NOSUCHCOMMAND");

        string[] lines = Lines(monitor);
        Assert.Equal(["[2 127.0.0.1:50000] \"SELECT\" \"2\"", "[2 127.0.0.1:50000] \"SET\" \"a\\\"\\\\\" \"1\\n\\x01\\xe9\""], lines);
    }

    [Fact]
    public async Task Block_is_shown_command_by_command_and_EXEC_last()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        using TestClient monitor = host.Connect();
        monitor.Run("MONITOR");

        client.Run("MULTI");
        client.Run("SET a 1");
        Assert.Single(Lines(monitor));
        client.Run("EXEC");

        Assert.Equal(["\"SET\" \"a\" \"1\"", "\"EXEC\""], Lines(monitor).Select(line => line[(line.IndexOf(']', StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public async Task Passwords_are_not_shown()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        using TestClient monitor = host.Connect();
        monitor.Run("MONITOR");

        client.Run("AUTH secret");
        client.Run("AUTH user secret");
        client.Run("HELLO 2 AUTH default secret SETNAME me");

        string[] lines = Lines(monitor);
        Assert.EndsWith("\"AUTH\" \"(redacted)\"", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("\"AUTH\" \"(redacted)\" \"(redacted)\"", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("\"HELLO\" \"2\" \"AUTH\" \"(redacted)\" \"(redacted)\" \"SETNAME\" \"me\"", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_of_a_write_waits_until_it_is_durable()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        using TestClient monitor = host.Connect();
        monitor.Run("MONITOR");

        files.HoldSyncs();
        client.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        Assert.False(monitor.TryRead(out _));

        files.ReleaseSyncs();
        Assert.EndsWith("\"SET\" \"a\" \"1\"", (await monitor.ReadAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Monitor_may_not_touch_keys_until_RESET_makes_it_a_normal_client()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        using TestClient monitor = host.Connect();
        monitor.Run("MONITOR");

        Assert.Equal("ERR Replica can't interact with the keyspace", monitor.Run("GET a").Text);
        Assert.Contains(" flags=O ", client.Run("CLIENT LIST").Text, StringComparison.Ordinal);
        Assert.Equal("RESET", monitor.Run("RESET").Text);
        client.Run("SET a 1");
        Assert.Equal("1", monitor.Run("GET a").Text);
    }

    [Fact]
    public async Task Monitor_that_does_not_read_is_cut_at_the_limit_of_subscribers()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("client-output-buffer-limit", "pubsub 64kb 0 0"));
        using TestClient client = host.Connect();
        using TestClient monitor = host.Connect();
        monitor.Run("MONITOR");
        monitor.StopReading();

        for (int i = 0; i < 10_000 && monitor.AbortReason is null; i++)
        {
            client.Run("PING");
        }

        Assert.Equal("client-output-buffer-limit", monitor.AbortReason);
    }

    /// <summary>Without their times.</summary>
    private static string[] Lines(TestClient monitor)
        => [.. Arrived(monitor).Select(line => line.Trim('[')).Select(line => line.EndsWith(']') ? line[..^1] : line).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
}
