using System.Net;
using System.Net.Sockets;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

/// <summary>The built program as a process: exit codes and what it prints.</summary>
public sealed class ServerProcessTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Help_PrintsUsageAndExitsWith0()
    {
        (int code, string output) = await RunAsync(["--help"]);

        Assert.Equal(0, code);
        Assert.StartsWith("Usage: respkv-server", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("-v")]
    public async Task Version_PrintsOneLineAndExitsWith0(string option)
    {
        (int code, string output) = await RunAsync([option]);

        Assert.Equal(0, code);
        Assert.Matches(@"^RespKv server v=\d+\.\d+\.\d+ bits=64 \S+ \S+$", output);
    }

    [Fact]
    public async Task PrintConfig_PrintsTheSample()
    {
        (int code, string output) = await RunAsync(["--print-config"]);

        Assert.Equal(0, code);
        Assert.Equal(ServerConfig.SampleText().TrimEnd(), output.TrimEnd());
    }

    [Fact]
    public async Task UnknownDirectiveInFile_NamesFileLineAndNearestAndExitsWith1()
    {
        string path = _directory.Inside("bad.conf");
        await File.WriteAllTextAsync(path, "# comment\nprt 7000\n");

        (int code, string output) = await RunAsync([path]);

        Assert.Equal(ExitCodes.StartRefused, code);
        Assert.Contains($"Reading {path}, at line 2\n>>> 'prt 7000'\nunknown directive 'prt'; did you mean 'port'?", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "abc", "port takes an integer from 0 to 65535")]
    [InlineData("--appendfsync", "often", "must be one of the following: everysec, always, no")]
    [InlineData("--http-port", "65536", "argument must be between 0 and 65535")]
    [InlineData("missing.conf", "--hz", "can't open config file 'missing.conf'")]
    public async Task BadCommandLine_SaysWhatIsRightAndExitsWith1(string first, string second, string said)
    {
        (int code, string output) = await RunAsync([first, second]);

        Assert.Equal(ExitCodes.StartRefused, code);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task BadEnvironment_NamesTheVariableAndExitsWith1()
    {
        (int code, string output) = await RunAsync([], new() { ["RESPKV_PRT"] = "1" });

        Assert.Equal(ExitCodes.StartRefused, code);
        Assert.Contains("RESPKV_PRT", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortInUse_SaysSoBeforeTheDataDirectoryIsTouched()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        (int code, string output) = await RunAsync(["--port", $"{((IPEndPoint)taken.LocalEndpoint).Port}", "--dir", _directory.Inside("data")]);

        Assert.Equal(ExitCodes.StartRefused, code);
        Assert.Contains("Address already in use", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory.Inside("data")));
    }

    [Fact]
    public async Task LogFileThatCannotBeOpened_ExitsWith1()
    {
        (int code, string output) = await RunAsync(["--port", $"{FreePort.Take()}", "--logfile", _directory.Inside("no/x.log")]);

        Assert.Equal(ExitCodes.StartRefused, code);
        Assert.Contains("Can't open the log file", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_NobodyListens_ExitsWith1()
    {
        (int code, _) = await RunAsync(["--ping", "--port", $"{FreePort.Take()}"]);

        Assert.Equal(ExitCodes.StartRefused, code);
    }

    [Fact]
    public async Task Ping_RunningServerFoundByItsEnvironment_ExitsWith0()
    {
        await using TestServer server = await TestServer.StartAsync("--requirepass", "secret");

        (int code, string output) = await RunAsync(["--ping"], new() { ["RESPKV_PORT"] = $"{server.Port}", ["RESPKV_REQUIREPASS"] = "secret" });
        (int refused, _) = await RunAsync(["--ping", "--port", $"{server.Port}"]);

        Assert.Equal((ExitCodes.Success, "PONG"), (code, output.TrimEnd()));
        Assert.Equal(ExitCodes.StartRefused, refused);
    }

    [Theory]
    [InlineData(ChildProcess.SigTerm)]
    [InlineData(ChildProcess.SigInt)]
    public async Task Signal_RunningServer_StopsCleanlyHoweverOftenItComes(int signal)
    {
        await using TestServer server = await TestServer.StartAsync();

        for (int i = 0; i < 5; i++)
        {
            server.Process.Signal(signal);
        }

        Assert.Equal(ExitCodes.Success, await server.Process.WaitForExitAsync());
        Assert.EndsWith("Everything acknowledged is on disk, bye bye", server.Process.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Server_PrintsOneLinePerFact()
    {
        await using TestServer server = await TestServer.StartAsync("--bind", "127.0.0.1");

        await Poll.UntilAsync("ready is logged", () => server.Process.Lines.Any(line => line.EndsWith("* Ready to accept connections", StringComparison.Ordinal)));

        Assert.Collection(
            server.Process.Lines.Where(line => !line.Contains("Recovery", StringComparison.Ordinal) && !line.Contains("maxclients", StringComparison.Ordinal)),
            line => Assert.Contains($"pid={server.Process.Id} is starting", line, StringComparison.Ordinal),
            line => Assert.Contains("Configuration file: none", line, StringComparison.Ordinal),
            line => Assert.EndsWith($"Data directory: {server.DataDirectory}", line, StringComparison.Ordinal),
            line => Assert.Contains("Durability: appendfsync always", line, StringComparison.Ordinal),
            line => Assert.EndsWith($"Listening on 127.0.0.1:{server.Port}", line, StringComparison.Ordinal),
            line => Assert.EndsWith("Ready to accept connections", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecondServerOnTheSameDirectory_ExitsWith2()
    {
        await using TestServer server = await TestServer.StartAsync();

        (int code, string output) = await RunAsync(["--port", $"{FreePort.Take()}", "--dir", server.DataDirectory]);

        Assert.Equal(ExitCodes.DataRefused, code);
        Assert.Contains("one process per data directory", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output)> RunAsync(IReadOnlyList<string> arguments, Dictionary<string, string>? environment = null)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "respkv-server.dll");
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        await using ChildProcess process = ChildProcess.Start([host, assembly, .. arguments], _directory.Path, environment);
        int code = await process.WaitForExitAsync();
        return (code, string.Join('\n', process.Lines));
    }
}
