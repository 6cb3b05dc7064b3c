using System.Net;
using System.Net.Sockets;
using System.Text;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Server.Verbs;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

public sealed class PingVerbTests
{
    private const string Ping = "*1\r\n$4\r\nPING\r\n";
    private const string Auth = "*2\r\n$4\r\nAUTH\r\n$7\r\nsécret\r\n";

    [Theory]
    [InlineData("+PONG\r\n", 0, "PONG")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", 1, "-LOADING Redis is loading the dataset in memory")]
    [InlineData("-NOAUTH Authentication required.\r\n", 1, "-NOAUTH Authentication required.")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", 1, "HTTP/1.1 400 Bad Request")]
    [InlineData("+PO", 1, "connection closed without an answer")]
    [InlineData("", 1, "connection closed without an answer")]
    public async Task Ping_Reply_DecidesTheExitCode(string reply, int code, string said)
    {
        (int exitCode, string output, string request) = await PingAsync(reply, Ping.Length);

        Assert.Equal(code, exitCode);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Equal(Ping, request);
    }

    [Theory]
    [InlineData("+OK\r\n+PONG\r\n", 0, "PONG")]
    [InlineData("-WRONGPASS invalid username-password pair or user is disabled.\r\n-NOAUTH x\r\n", 1, "-WRONGPASS")]
    [InlineData("+OK\r\n-LOADING x\r\n", 1, "-LOADING x")]
    public async Task Ping_WithPassword_AuthenticatesFirst(string reply, int code, string said)
    {
        (int exitCode, string output, string request) = await PingAsync(reply, Encoding.UTF8.GetByteCount(Auth + Ping), ("requirepass", "sécret"));

        Assert.Equal(code, exitCode);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Equal(Auth + Ping, request);
    }

    [Fact]
    public async Task Ping_EndlessReply_IsGivenUp()
    {
        (int exitCode, string output, _) = await PingAsync(new string('x', 10_000), Ping.Length);

        Assert.Equal(ExitCodes.StartRefused, exitCode);
        Assert.Contains("not a Redis protocol reply", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_NobodyListens_IsNotHealthy()
    {
        var error = new StringWriter();

        int exitCode = await PingVerb.RunAsync(ServerConfig.With(("port", $"{FreePort.Take()}")), TextWriter.Null, error, PingVerb.AnswerWithin);

        Assert.Equal(ExitCodes.StartRefused, exitCode);
        Assert.Contains("Connection refused", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_NoAnswer_IsNotHealthy()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var error = new StringWriter();

        int exitCode = await PingVerb.RunAsync(
            ServerConfig.With(("port", $"{((IPEndPoint)silent.LocalEndpoint).Port}")),
            TextWriter.Null,
            error,
            TimeSpan.FromMilliseconds(10));

        Assert.Equal(ExitCodes.StartRefused, exitCode);
        Assert.Contains("no answer within", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Request)> PingAsync(
        string reply,
        int requestBytes,
        params (string Name, string Value)[] settings)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        ServerConfig config = ServerConfig.With([("port", $"{((IPEndPoint)listener.LocalEndpoint).Port}"), .. settings]);
        var output = new StringWriter();

        Task<int> ping = PingVerb.RunAsync(config, output, output, Poll.Deadline);
        using (Socket socket = await listener.AcceptSocketAsync())
        {
            var request = new byte[requestBytes];
            using var stream = new NetworkStream(socket);
            await stream.ReadExactlyAsync(request);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(reply));
            socket.Shutdown(SocketShutdown.Send);
            return (await ping, output.ToString(), Encoding.UTF8.GetString(request));
        }
    }
}
