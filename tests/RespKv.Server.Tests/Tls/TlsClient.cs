using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Tls;

/// <summary>A client that speaks TLS, and trusts one root.</summary>
internal sealed class TlsClient : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly TcpClient _tcp = new();
    private SslStream _stream = null!;

    public X509Certificate2 ServerCertificate => new(_stream.RemoteCertificate!);

    public SslProtocols Protocol => _stream.SslProtocol;

    public TlsCipherSuite Cipher => _stream.NegotiatedCipherSuite;

    public static async Task<TlsClient> ConnectAsync(int port, X509Certificate2 root, X509Certificate2? own = null, SslProtocols protocols = SslProtocols.None)
    {
        var client = new TlsClient();
        await client._tcp.ConnectAsync("127.0.0.1", port);
        client._stream = new SslStream(client._tcp.GetStream());
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(root);
        await client._stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = trust,
            EnabledSslProtocols = protocols,
            ClientCertificateContext = own is null ? null : SslStreamCertificateContext.Create(own, null, offline: true),
        }).WaitAsync(AnswerTimeout);
        return client;
    }

    /// <summary>Sends a command and returns what the server sends until it ends like this, or closes.</summary>
    public async Task<string> CallAsync(string end, params string[] args)
    {
        await _stream.WriteAsync(RawClient.Encode(args));
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(AnswerTimeout);
            if (count == 0)
            {
                return text + "(closed)";
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _tcp.Dispose();
    }
}
