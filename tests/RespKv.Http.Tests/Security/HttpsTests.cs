using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RespKv.Server.Tests.Tls;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Security;

public sealed class HttpsTests(TestCertificates certificates) : IClassFixture<TestCertificates>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Https_ServesBothVersions_AndHttp2ManyRequestsAtOnce(int version)
    {
        int port = FreePort.Take();
        await using TestServer server = await StartAsync(port, "no");
        using HttpClient client = Connect(port, null, version);
        (await client.PutAsync("/v1/kv/a", new StringContent("1"))).EnsureSuccessStatusCode();
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.GetAsync("/v1/kv/a")));

        Assert.All(responses, each => Assert.Equal(HttpStatusCode.OK, each.StatusCode));
        Assert.All(responses, each => Assert.Equal(new Version(version, version == 1 ? 1 : 0), each.Version));
    }

    [Theory]
    [InlineData("client", true)]
    [InlineData("bad", false)]
    [InlineData(null, false)]
    public async Task ClientCertificate_IsAskedFor_AsTlsAuthClientsSays(string? certificate, bool isTaken)
    {
        int port = FreePort.Take();
        await using TestServer server = await StartAsync(port, "yes");
        using HttpClient client = Connect(port, certificate, 1);
        if (isTaken)
        {
            using HttpResponseMessage response = await client.GetAsync("/health/live");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/health/live"));
        }
    }

    private Task<TestServer> StartAsync(int port, string authClients) => TestServer.StartAsync(new TestServerOptions
    {
        SpeaksHttp = true,
        Directives =
        [
            .. TestServerOptions.SmallSegments, "--https-port", $"{port}", "--tls-cert-file", certificates.Path("server.crt"), "--tls-key-file", certificates.Path("server.key"),
            "--tls-ca-cert-file", certificates.Path("root.crt"), "--tls-auth-clients", authClients,
        ],
    });

    private HttpClient Connect(int port, string? certificate, int version)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
#pragma warning disable CA5359 // Which certificates the server takes is what is tested here.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
                ClientCertificates = certificate is null ? null : new X509CertificateCollection { certificates[certificate] },
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificates[certificate],
            },
        };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://127.0.0.1:{port}"),
            DefaultRequestVersion = new Version(version, version == 1 ? 1 : 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }
}
