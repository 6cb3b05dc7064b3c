using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Hosting.Tests;

public sealed class RespKvServerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Start_ServesOnAFreePortOfLoopbackInATemporaryDirectory()
    {
        await using var server = new RespKvServer(new RespKvOptions());
        await server.StartAsync();

        Assert.Equal(IPAddress.Loopback, server.EndPoint.Address);
        Assert.Equal("PONG", await AskAsync(server, "PING"));
        Assert.NotEmpty(Directory.GetFileSystemEntries(server.Directory));
        Assert.Null(server.HttpAddress);
        Assert.Contains($"tcp_port:{server.EndPoint.Port}\r\n", await AskAsync(server, "INFO", "server"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_DeletesTheTemporaryDirectoryAndFreesThePort()
    {
        var server = new RespKvServer(new RespKvOptions());
        await server.StartAsync();
        (string directory, IPEndPoint endPoint) = (server.Directory, server.EndPoint);

        await server.DisposeAsync();

        Assert.False(Directory.Exists(directory));
        Assert.Null(await server.Completion);
        using var again = new TcpListener(endPoint);
        again.Start();
    }

    [Fact]
    public async Task GivenDirectory_IsKeptAndFoundAgain()
    {
        var options = new RespKvOptions { Directory = _directory.Inside("data") };
        await using (var first = new RespKvServer(options))
        {
            await first.StartAsync();
            Assert.Equal("OK", await AskAsync(first, "SET", "k", "kept"));
        }

        await using var second = new RespKvServer(options);
        await second.StartAsync();
        Assert.Equal("kept", await AskAsync(second, "GET", "k"));
    }

    [Fact]
    public async Task TwoInOneProcess_AreTwoDatabases()
    {
        await using var first = new RespKvServer(new RespKvOptions());
        await using var second = new RespKvServer(new RespKvOptions());
        await Task.WhenAll(first.StartAsync(), second.StartAsync());

        await AskAsync(first, "SET", "k", "first");
        await AskAsync(second, "SET", "k", "second");

        Assert.Equal("first", await AskAsync(first, "GET", "k"));
        Assert.Equal("second", await AskAsync(second, "GET", "k"));
    }

    [Fact]
    public async Task DirectoryInUse_RefusesTheStartAndLeavesTheFirstAlone()
    {
        var options = new RespKvOptions { Directory = _directory.Inside("data") };
        await using var first = new RespKvServer(options);
        await first.StartAsync();
        await using var second = new RespKvServer(options);

        IOException refused = await Assert.ThrowsAnyAsync<IOException>(() => second.StartAsync());

        Assert.Contains(options.Directory!, refused.Message, StringComparison.Ordinal);
        Assert.Equal("PONG", await AskAsync(first, "PING"));
    }

    [Theory]
    [InlineData("hertz", "1", "unknown directive 'hertz'")]
    [InlineData("port", "1", "port is set by the options of the host")]
    public async Task BadDirective_RefusesTheStart(string name, string value, string said)
    {
        var options = new RespKvOptions { Directives = { [name] = value } };
        await using var server = new RespKvServer(options);

        ConfigException refused = await Assert.ThrowsAsync<ConfigException>(() => server.StartAsync());

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => server.EndPoint);
    }

    [Fact]
    public async Task PortInUse_RefusesTheStart()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var server = new RespKvServer(new RespKvOptions { Port = ((IPEndPoint)taken.LocalEndpoint).Port });

        ConfigException refused = await Assert.ThrowsAsync<ConfigException>(() => server.StartAsync());

        Assert.Contains("Address already in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SpeaksHttp_OnAPortOfItsOwn()
    {
        await using var server = new RespKvServer(new RespKvOptions { SpeaksHttp = true, Directives = { ["appendfsync"] = "everysec" } });
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = server.HttpAddress };

        using HttpResponseMessage response = await client.PostAsync("/v1/command", new StringContent("""["CONFIG","GET","appendfsync"]""", null, "application/json"));

        Assert.Equal("""{"reply":{"appendfsync":"everysec"}}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Shutdown_EndsTheServerAndNotTheHost()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddRespKv();
        using IHost host = builder.Build();
        await host.StartAsync();
        var server = host.Services.GetRequiredService<RespKvServer>();

        using (RawClient client = await RawClient.ConnectAsync(server.EndPoint.Port))
        {
            await client.SendAsync("SHUTDOWN");
            Assert.Null(await client.TryReadAsync());
        }

        Assert.Null(await server.Completion);
        Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        await host.StopAsync();
    }

    [Fact]
    public async Task StorageFailure_IsToldByCompletion_AndNothingIsAcknowledged()
    {
        var files = new SimulatedFileSystem();
        await using var server = new RespKvServer(new RespKvOptions { Directory = "/data" }, logger: null, files);
        await server.StartAsync();
        using RawClient client = await RawClient.ConnectAsync(server.EndPoint.Port);

        files.FailNext(FileOperation.SyncData, Errno.EIO, "wal-");
        await client.SendAsync("SET", "k", "v");

        Assert.Null(await client.TryReadAsync());
        Assert.Contains("EIO", (await server.Completion)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_GoesToTheHostsLogger()
    {
        var lines = new ListLoggerProvider();
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(lines);
        builder.Services.AddRespKv(options => options.Directives["loglevel"] = "notice");
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
            await host.StopAsync();
        }

        Assert.Contains("Ready to accept connections", lines.Lines);
        Assert.Contains("Everything acknowledged is on disk, bye bye", lines.Lines);
    }

    private static async Task<string> AskAsync(RespKvServer server, params string[] words)
    {
        using RawClient client = await RawClient.ConnectAsync(server.EndPoint.Port);
        await client.SendAsync(words);
        return (await client.TryReadAsync())!.Text;
    }

    private sealed class ListLoggerProvider : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
