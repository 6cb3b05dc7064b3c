using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Hosting.Tls;
using RespKv.Storage.Files;

namespace RespKv.Server.Verbs;

/// <summary>
/// <c>respkv-server --ping</c>: a health check that needs no other program. Healthy is +PONG and nothing else; a server that is
/// still loading answers -LOADING and counts as not healthy.
/// </summary>
internal static class PingVerb
{
    /// <summary>For connecting and answering together. A healthy server needs a millisecond; supervisors wait a few seconds at most.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    /// <summary>Longest reply that is looked at: two error lines fit many times.</summary>
    private const int ReplyBytesMax = 4096;

    public static async Task<int> RunAsync(ServerConfig config, TextWriter output, TextWriter error, TimeSpan answerWithin)
    {
        ListenAddress address = ListenAddresses.ToConnectTo(config);
        EndPoint endPoint = address.EndPoint;
        string verdict;
        try
        {
            using var timeout = new CancellationTokenSource(answerWithin);
            verdict = await AskAsync(endPoint, address.IsTls ? config.Tls : null, config.RequirePassUtf8, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ConfigException or AuthenticationException)
        {
            verdict = e.Message;
        }
        catch (OperationCanceledException)
        {
            verdict = $"no answer within {answerWithin.TotalSeconds} s";
        }

        if (verdict == "+PONG")
        {
            await output.WriteLineAsync("PONG").ConfigureAwait(false);
            return ExitCodes.Success;
        }

        await error.WriteLineAsync($"{endPoint}: {verdict}").ConfigureAwait(false);
        return ExitCodes.StartRefused;
    }

    /// <summary>Returns the line that decides: the first one that is no +OK of AUTH.</summary>
    private static async Task<string> AskAsync(EndPoint endPoint, TlsConfig? tls, ReadOnlyMemory<byte> password, CancellationToken cancel)
    {
        ProtocolType protocol = endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        await socket.ConnectAsync(endPoint, cancel).ConfigureAwait(false);
        var plain = new NetworkStream(socket);
        await using var stream = tls is null ? (Stream)plain : await EncryptAsync(plain, tls, cancel).ConfigureAwait(false);
        await stream.WriteAsync(Request(password.Span), cancel).ConfigureAwait(false);

        var reply = new byte[ReplyBytesMax];
        int length = 0;
        while (length < reply.Length)
        {
            int count = await stream.ReadAsync(reply.AsMemory(length), cancel).ConfigureAwait(false);
            if (count == 0)
            {
                return "connection closed without an answer";
            }

            length += count;
            string[] lines = Encoding.UTF8.GetString(reply, 0, length).Split("\r\n")[..^1];
            if (lines.FirstOrDefault(line => line != "+OK") is { } decided)
            {
                return decided;
            }
        }

        return "this is not a Redis protocol reply";
    }

    /// <summary>
    /// Any certificate of the server is good enough to ask whether it is well. The server's own is shown in case that it wants one: that of the
    /// health check has no other.
    /// </summary>
    private static async Task<SslStream> EncryptAsync(NetworkStream plain, TlsConfig tls, CancellationToken cancel)
    {
        var stream = new SslStream(plain);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificateContext = TlsFiles.ReadCertificate(tls, new PosixFileSystem()),
#pragma warning disable CA5359 // See above.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            cancel).ConfigureAwait(false);
        return stream;
    }

    private static byte[] Request(ReadOnlySpan<byte> password)
    {
        byte[] ping = "*1\r\n$4\r\nPING\r\n"u8.ToArray();
        return password.IsEmpty
            ? ping
            : [.. "*2\r\n$4\r\nAUTH\r\n$"u8, .. Encoding.ASCII.GetBytes($"{password.Length}"), .. "\r\n"u8, .. password, .. "\r\n"u8, .. ping];
    }
}
