using System.Net.Sockets;
using RespKv.Hosting;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Crash;

/// <summary>What a start can meet: another process, a busy port, a long log, a damaged log.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_second_process_on_the_same_directory_is_refused_and_the_first_goes_on()
    {
        await using TestServer server = await TestServer.StartAsync();
        IReadOnlyList<string> command = ServerCommand.Built().Fill(FreePort.Take(), server.DataDirectory, "always", []);

        await using ChildProcess second = ChildProcess.Start(command);

        Assert.Equal(ExitCodes.DataRefused, await second.WaitForExitAsync());
        Assert.Contains(second.Lines, line => line.Contains("one process per data directory", StringComparison.Ordinal)
            && line.Contains(server.DataDirectory, StringComparison.Ordinal));
        using RawClient client = await server.ConnectAsync();
        Assert.Equal("OK", (await client.CallAsync("SET", "still", "here")).Text);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_and_named()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var directory = new TempDirectory();
        IReadOnlyList<string> command = ServerCommand.Built().Fill(server.Port, directory.Inside("data"), "always", []);

        await using ChildProcess second = ChildProcess.Start(command);

        Assert.Equal(ExitCodes.StartRefused, await second.WaitForExitAsync());
        Assert.Contains(second.Lines, line => line.Contains($"{server.Port}", StringComparison.Ordinal) && line.Contains("in use", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task While_the_log_is_read_clients_are_answered_LOADING_and_then_served()
    {
        // The bound grows until a client was fast enough to see it: how long recovery takes is the machine's affair.
        const int RecordsMax = 8_000_000;
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { AppendFsync = "everysec", Directives = [] });
        int records = 0;
        for (int more = 500_000; records + more <= RecordsMax; more *= 2)
        {
            await LoadAsync(server, records, more);
            records += more;
            await server.KillAsync();
            server.Start();
            RespValue? first = await FirstReplyAsync(server);
            await server.WaitUntilReadyAsync();
            using RawClient client = await server.ConnectAsync();
            if (first is { IsError: true })
            {
                Assert.StartsWith("LOADING ", first.Text, StringComparison.Ordinal);
                Assert.True((await client.CallAsync("DBSIZE")).Integer > 0);
                return;
            }
        }

        Assert.Fail($"No client saw LOADING, with {records} records in the log.");
    }

    [Fact]
    public async Task A_log_that_is_damaged_in_the_middle_is_refused_and_left_alone()
    {
        await using TestServer server = await TestServer.StartAsync();
        using (RawClient client = await server.ConnectAsync())
        {
            for (int i = 0; i < 20; i++)
            {
                await client.CallAsync("SET", $"key:{i}", new string('x', 1000));
            }
        }

        await server.KillAsync();
        string segment = Directory.GetFiles(server.DataDirectory, "wal-*.log").Order(StringComparer.Ordinal).First();
        byte[] damaged = await File.ReadAllBytesAsync(segment);
        damaged.AsSpan(damaged.AsSpan().IndexOf("key:5"u8) + 100, 2).Fill(0xde);
        await File.WriteAllBytesAsync(segment, damaged);

        server.Start();

        Assert.Equal(ExitCodes.DataRefused, await server.Process.WaitForExitAsync());
        Assert.Contains(server.Process.Lines, line => line.Contains(Path.GetFileName(segment), StringComparison.Ordinal));
        Assert.Contains(server.Process.Lines, line => line.Contains("respkv check", StringComparison.Ordinal));
        Assert.Equal(damaged, await File.ReadAllBytesAsync(segment));
    }

    private static async Task LoadAsync(TestServer server, int first, int count)
    {
        const int Chunk = 10_000;
        using RawClient client = await server.ConnectAsync();
        for (int done = 0; done < count; done += Chunk)
        {
            using var requests = new MemoryStream();
            for (int i = 0; i < Chunk; i++)
            {
                requests.Write(RawClient.Encode("SET", $"key:{first + done + i}", "x"));
            }

            await client.SendRawAsync(requests.ToArray());
            for (int i = 0; i < Chunk; i++)
            {
                Assert.False((await client.ReadAsync()).IsError);
            }
        }
    }

    /// <summary>What the very first client hears that finds the port open.</summary>
    private static async Task<RespValue?> FirstReplyAsync(TestServer server)
    {
        RespValue? reply = null;
        await Poll.UntilAsync("the server listens", async () =>
        {
            try
            {
                using RawClient client = await server.ConnectAsync();
                await client.SendAsync("GET", "key:0");
                reply = await client.TryReadAsync();
                return reply is not null;
            }
            catch (SocketException)
            {
                return false;
            }
        });
        return reply;
    }
}
