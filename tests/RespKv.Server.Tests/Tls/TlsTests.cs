using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using RespKv.Engine.Configuration;
using RespKv.Server.Verbs;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Tls;

/// <summary>TLS: who is let in, with which certificates, and how they are renewed.</summary>
public sealed class TlsTests(TestCertificates certificates) : IClassFixture<TestCertificates>
{
    private readonly int _tlsPort = FreePort.Take();

    [Fact]
    public async Task Client_with_a_certificate_of_the_root_is_served_beside_plain_clients()
    {
        await using TestServer server = await StartAsync("--tls-ca-cert-file", certificates.Path("root.crt"));
        using RawClient plain = await server.ConnectAsync();
        using TlsClient client = await ConnectAsync("client");

        Assert.Equal("+OK\r\n", await client.CallAsync("\r\n", "SET", "a", "1"));
        Assert.Equal("1", (await plain.CallAsync("GET", "a")).Text);
        Assert.Equal(SslProtocols.Tls13, client.Protocol);
        Assert.Equal("CN=server", client.ServerCertificate.Subject);
    }

    [Theory]
    [InlineData("yes", "client", true)]
    [InlineData("yes", "bad", false)]
    [InlineData("yes", null, false)]
    [InlineData("optional", "client", true)]
    [InlineData("optional", "bad", false)]
    [InlineData("optional", null, true)]
    [InlineData("no", "client", true)]
    [InlineData("no", "bad", true)]
    [InlineData("no", null, true)]
    public async Task Certificates_of_clients_are_asked_for_as_the_directive_says(string directive, string? own, bool isServed)
    {
        await using TestServer server = await StartAsync("--tls-ca-cert-file", certificates.Path("root.crt"), "--tls-auth-clients", directive);

        Assert.Equal(isServed, await IsServedAsync(own));
        using RawClient plain = await server.ConnectAsync();
        Assert.Equal("PONG", (await plain.CallAsync("PING")).Text);
    }

    [Fact]
    public async Task Roots_may_be_in_a_directory()
    {
        await using TestServer server = await StartAsync("--tls-ca-cert-dir", certificates.Path("roots"));

        Assert.True(await IsServedAsync("client"));
        Assert.True(await IsServedAsync("bad"));
        Assert.False(await IsServedAsync(null));
    }

    [Fact]
    public async Task Client_that_does_not_know_the_root_of_the_server_goes_away()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no");

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsClient.ConnectAsync(_tlsPort, certificates["stranger"]));
        Assert.True(await IsServedAsync(null));
    }

    [Fact]
    public async Task Plain_text_on_the_port_is_cut_off_and_disturbs_nobody()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no", "--loglevel", "verbose");
        using TlsClient before = await ConnectAsync(null);
        using RawClient plain = await RawClient.ConnectAsync(_tlsPort);

        await plain.SendAsync("PING");

        // A TLS alert may come first.
        await plain.DrainAsync();
        Assert.Equal("+PONG\r\n", await before.CallAsync("\r\n", "PING"));
        await Poll.UntilAsync("the log tells", () => Task.FromResult(server.Process.Lines.Any(line => line.Contains("TLS handshake with", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Without_a_plain_port_the_server_is_reached_by_TLS_only_also_by_its_health_check()
    {
        await using TestServer server = await StartAsync("--tls-ca-cert-file", certificates.Path("root.crt"));
        await server.TerminateAsync();
        server.Start("--port", "0");
        await Poll.UntilAsync("it serves TLS", async () => await IsServedAsync("client"));

        ServerConfig config = ServerConfig.With(("port", "0"), ("tls-port", $"{_tlsPort}"),
            ("tls-cert-file", certificates.Path("server.crt")), ("tls-key-file", certificates.Path("server.key")));
        using var output = new StringWriter();
        Assert.Equal(0, await PingVerb.RunAsync(config, output, output, PingVerb.AnswerWithin));
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(() => RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port)));
    }

    [Fact]
    public async Task Certificate_is_renewed_by_CONFIG_SET_and_connections_stay()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no");
        using RawClient admin = await server.ConnectAsync();
        using TlsClient old = await ConnectAsync(null);

        Assert.Equal("OK", (await admin.CallAsync(
            "CONFIG", "SET", "tls-cert-file", certificates.Path("server2.crt"), "tls-key-file", certificates.Path("server2.key"))).Text);

        using TlsClient late = await ConnectAsync(null);
        Assert.Equal("CN=server2", late.ServerCertificate.Subject);
        Assert.Equal("+PONG\r\n", await old.CallAsync("\r\n", "PING"));
        Assert.Equal(certificates.Path("server2.crt"), (await admin.CallAsync("CONFIG", "GET", "tls-cert-file")).Items[1].Text);
    }

    [Theory]
    [InlineData("tls-cert-file", "nosuch.crt")]
    [InlineData("tls-cert-file", "client.crt")]
    [InlineData("tls-key-file", "root.crt")]
    [InlineData("tls-key-file", "locked.key")]
    [InlineData("tls-ca-cert-file", "server.key")]
    [InlineData("tls-ca-cert-dir", "empty")]
    [InlineData("tls-ca-cert-dir", "nosuch")]
    [InlineData("tls-protocols", "TLSv1.1")]
    [InlineData("tls-ciphers", "HIGH")]
    [InlineData("tls-ciphersuites", "x")]
    public async Task CONFIG_SET_of_what_cannot_be_used_changes_nothing(string directive, string value)
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "optional", "--tls-ca-cert-file", certificates.Path("root.crt"));
        using RawClient admin = await server.ConnectAsync();
        string old = (await admin.CallAsync("CONFIG", "GET", directive)).Items[1].Text;
        bool isFile = directive.EndsWith("file", StringComparison.Ordinal) || directive.EndsWith("dir", StringComparison.Ordinal);
        string[] also = directive == "tls-ca-cert-dir" ? ["tls-ca-cert-file", ""] : [];

        string error = (await admin.CallAsync(["CONFIG", "SET", directive, isFile ? certificates.Path(value) : value, .. also])).Text;

        Assert.Equal($"ERR CONFIG SET failed (possibly related to argument '{directive}') - Unable to update TLS configuration. Check server logs.", error);
        Assert.Equal(old, (await admin.CallAsync("CONFIG", "GET", directive)).Items[1].Text);
        Assert.True(await IsServedAsync("client"));
    }

    [Fact]
    public async Task CONFIG_SET_of_TLS_is_refused_in_a_block_and_with_a_wrong_value_at_once()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no");
        using RawClient admin = await server.ConnectAsync();

        Assert.Equal("ERR CONFIG SET failed (possibly related to argument 'tls-auth-clients') - argument(s) must be one of the following: no, yes, optional",
            (await admin.CallAsync("CONFIG", "SET", "tls-auth-clients", "x")).Text);
        await admin.CallAsync("MULTI");
        await admin.CallAsync("CONFIG", "SET", "tls-auth-clients", "no");
        Assert.Equal("ERR Command not allowed inside a transaction", (await admin.CallAsync("EXEC")).Items[0].Text);
    }

    [Fact]
    public async Task Protocols_and_cipher_suites_are_those_of_the_directives()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no", "--tls-key-file", certificates.Path("locked.key"),
            "--tls-key-file-pass", "open", "--tls-protocols", "TLSv1.2 TLSv1.3", "--tls-ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256",
            "--tls-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256", "--tls-session-caching", "no");

        using TlsClient client13 = await TlsClient.ConnectAsync(_tlsPort, certificates["root"]);
        using TlsClient client12 = await TlsClient.ConnectAsync(_tlsPort, certificates["root"], protocols: SslProtocols.Tls12);

        Assert.Equal(TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, client13.Cipher);
        Assert.Equal(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, client12.Cipher);
        Assert.Equal("+PONG\r\n", await client12.CallAsync("\r\n", "PING"));
    }

    [Fact]
    public async Task Values_of_megabytes_come_and_go_whole()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no");
        using TlsClient client = await ConnectAsync(null);
        string value = new('x', 3_000_000);

        Assert.Equal("+OK\r\n", await client.CallAsync("\r\n", "SET", "a", value));
        Assert.Equal($"$3000000\r\n{value}\r\n+PONG\r\n", await client.CallAsync("x\r\n", "GET", "a") + await client.CallAsync("\r\n", "PING"));
        Assert.Equal("+OK\r\n(closed)", await client.CallAsync("(never)", "QUIT"));
    }

    [Fact]
    public async Task Connections_above_maxclients_are_closed_before_their_handshake()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no", "--maxclients", "2");
        using RawClient admin = await server.ConnectAsync();
        await Poll.UntilAsync("only this client is connected", async () => (await admin.CallAsync("CLIENT", "LIST")).Text.Split('\n').Length == 2);
        using TlsClient client = await ConnectAsync(null);
        Assert.Equal("+PONG\r\n", await client.CallAsync("\r\n", "PING"));

        Assert.False(await IsServedAsync(null));

        Assert.Contains("rejected_connections:1\r\n", (await admin.CallAsync("INFO", "stats")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_server_answers_what_was_accepted_and_ends_idle_connections_at_once()
    {
        await using TestServer server = await StartAsync("--tls-auth-clients", "no");
        using TlsClient client = await ConnectAsync(null);
        await client.CallAsync("\r\n", "SET", "a", "1");

        Task<int> stopping = server.TerminateAsync();

        Assert.EndsWith("(closed)", await client.CallAsync("(never)", "PING"), StringComparison.Ordinal);
        Assert.Equal(0, await stopping);
    }

    [Theory]
    [InlineData("No tls-cert-file or tls-key-file configured!", "--tls-cert-file", "")]
    [InlineData("Either tls-ca-cert-file or tls-ca-cert-dir must be specified")]
    [InlineData("tls-key-file: open /nosuch: ENOENT", "--tls-key-file", "/nosuch", "--tls-auth-clients", "no")]
    [InlineData("port and tls-port must differ", "--port", "TLS")]
    public async Task Start_with_what_cannot_be_used_is_refused(string error, params string[] directives)
    {
        string[] with = [.. Directives(directives).Select(word => word == "TLS" ? $"{_tlsPort}" : word)];
        ToolResult result = await Tool.RunAsync([.. ServerCommand.Built().Fill(FreePort.Take(), certificates.Path("data"), "always", with)]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(error, result.Output + result.Errors, StringComparison.Ordinal);
    }

    [RequiresFact("redis-cli")]
    public async Task Redis_cli_speaks_TLS_with_it()
    {
        await using TestServer server = await StartAsync("--tls-ca-cert-file", certificates.Path("root.crt"));

        ToolResult result = await Tool.RunAsync(["redis-cli", "-p", $"{_tlsPort}", "--tls", "--cacert", certificates.Path("root.crt"),
            "--cert", certificates.Path("client.crt"), "--key", certificates.Path("client.key"), "PING"]);

        Assert.Equal("PONG", result.Output.Trim());
    }

    [NodeFact]
    public Task Node_redis_over_TLS_finds_everything_as_it_should_be() => CheckAsync(files => ClientScripts.RunNodeAsync("node-redis.mjs", _tlsPort, files));

    [NodeFact]
    public Task Ioredis_over_TLS_finds_everything_as_it_should_be() => CheckAsync(files => ClientScripts.RunNodeAsync("ioredis.mjs", _tlsPort, files));

    [PythonRedisFact]
    public Task Python3_redis_over_TLS_finds_everything_as_it_should_be() => CheckAsync(files => ClientScripts.RunPythonAsync("python_redis.py", _tlsPort, files));

    private async Task CheckAsync(Func<string[], Task<ToolResult>> run)
    {
        await using TestServer server = await StartAsync("--tls-ca-cert-file", certificates.Path("root.crt"));

        ToolResult result = await run([certificates.Path("root.crt"), certificates.Path("client.crt"), certificates.Path("client.key")]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("as expected", result.Output, StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync(params string[] directives) => TestServer.StartAsync(Directives(directives));

    private string[] Directives(string[] more) =>
    [
        "--tls-port", $"{_tlsPort}", "--tls-cert-file", certificates.Path("server.crt"), "--tls-key-file", certificates.Path("server.key"), .. more,
    ];

    private Task<TlsClient> ConnectAsync(string? own) => TlsClient.ConnectAsync(_tlsPort, certificates["root"], own is null ? null : certificates[own]);

    /// <summary>With TLS 1.3 a client learns behind its handshake that the server refuses it.</summary>
    private async Task<bool> IsServedAsync(string? own)
    {
        try
        {
            using TlsClient client = await ConnectAsync(own);
            return await client.CallAsync("\r\n", "PING") == "+PONG\r\n";
        }
        catch (Exception e) when (e is IOException or AuthenticationException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
