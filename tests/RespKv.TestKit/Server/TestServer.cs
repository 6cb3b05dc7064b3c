using System.Net;
using System.Net.Sockets;
using RespKv.Protocol;

namespace RespKv.TestKit.Server;

/// <summary>What a test may choose about its server.</summary>
public sealed record TestServerOptions
{
    /// <summary>Small segments, so that tests cross their borders and a start does not zero-write 64 MiB.</summary>
    public static readonly IReadOnlyList<string> SmallSegments = ["--wal-segment-size", "1mb"];

    public ServerCommand Command { get; init; } = ServerCommand.Built();

    public string AppendFsync { get; init; } = "always";

    /// <summary>Directives as on the command line: <c>--name</c>, <c>value</c>.</summary>
    public IReadOnlyList<string> Directives { get; init; } = SmallSegments;

    /// <summary>The data directory; null for one of its own that is deleted at the end.</summary>
    public string? Directory { get; init; }

    /// <summary>Whether it also speaks HTTP, on <see cref="TestServer.HttpPort"/>.</summary>
    public bool SpeaksHttp { get; init; }
}

/// <summary>A built server as a process of its own, on a loopback port and a directory that outlive restarts.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly TestServerOptions _options;
    private readonly TempDirectory? _owned;

    private TestServer(TestServerOptions options)
    {
        _options = options;
        _owned = options.Directory is null ? new TempDirectory() : null;
        DataDirectory = options.Directory ?? _owned!.Inside("data");
        Port = FreePort.Take();
        HttpPort = options.SpeaksHttp ? FreePort.Take() : 0;
        Process = Launch([]);
    }

    public int Port { get; }

    /// <summary>0: it does not speak HTTP.</summary>
    public int HttpPort { get; }

    public string DataDirectory { get; }

    /// <summary>The process of the last start.</summary>
    public ChildProcess Process { get; private set; }

    /// <summary>Starts a server and waits until it answers PING.</summary>
    public static Task<TestServer> StartAsync(params string[] directives)
        => StartAsync(new TestServerOptions { Directives = [.. TestServerOptions.SmallSegments, .. directives] });

    public static async Task<TestServer> StartAsync(TestServerOptions options)
    {
        var server = new TestServer(options);
        try
        {
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process on the same port and directory and does not wait for it. The last one must have ended.</summary>
    public void Start(params string[] moreDirectives)
    {
        if (!Process.HasExited)
        {
            throw new InvalidOperationException("The server still runs.");
        }

        Process = Launch(moreDirectives);
    }

    /// <summary>Starts again on the same port and directory, and waits until it answers.</summary>
    public async Task RestartAsync(params string[] moreDirectives)
    {
        await Process.DisposeAsync();
        Process = Launch(moreDirectives);
        await WaitUntilReadyAsync();
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port);

    /// <summary>SIGKILL. Nothing of the process is left when this returns.</summary>
    public async Task KillAsync()
    {
        Process.Signal(ChildProcess.SigKill);
        await Process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Process.Signal(ChildProcess.SigTerm);
        return await Process.WaitForExitAsync();
    }

    /// <summary>Waits until PING is answered with PONG. Where the options set a password, it is given first.</summary>
    public Task WaitUntilReadyAsync() => Poll.UntilAsync("the server answers PING", async () =>
    {
        if (Process.HasExited)
        {
            int code = await Process.WaitForExitAsync();
            throw new InvalidOperationException($"The server ended with exit code {code}:\n{string.Join('\n', Process.Lines)}");
        }

        try
        {
            using RawClient client = await ConnectAsync();
            if (Password() is { } password)
            {
                await client.SendAsync("AUTH", password);
                await client.TryReadAsync();
            }

            await client.SendAsync("PING");
            RespValue? reply = await client.TryReadAsync();
            return reply?.Text == "PONG";
        }
        catch (SocketException)
        {
            return false;
        }
    });

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _owned?.Dispose();
    }

    private string? Password()
    {
        int place = _options.Directives.ToList().IndexOf("--requirepass");
        return place < 0 ? null : _options.Directives[place + 1];
    }

    private ChildProcess Launch(string[] moreDirectives)
    {
        IReadOnlyList<string> command = _options.Command.Fill(Port, DataDirectory, _options.AppendFsync, [.. _options.Directives, .. moreDirectives]);

        // As a variable, because the command may be that of another server.
        return ChildProcess.Start(command, environment: new Dictionary<string, string> { ["RESPKV_HTTP_PORT"] = $"{HttpPort}" });
    }
}
