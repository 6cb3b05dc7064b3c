using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using RespKv.Engine;

namespace RespKv.Hosting.Tls;

/// <summary>
/// TLS on a listener: Kestrel's own middleware over our transport. A connection comes to its handler, and counts as a client, when its
/// handshake is over.
/// </summary>
/// <remarks>
/// Where it runs: the handshake on the thread pool, because signing takes up to a millisecond and looking at a client's certificate may read
/// files. From then on records are decrypted where their bytes come, on the event loop, and encrypted by whoever sends: that takes
/// microseconds and waits for nothing.
/// </remarks>
internal static class TlsListener
{
    /// <summary>From the accepted connection to the end of the handshake; then it is cut.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections in their handshake at a time; further ones are closed. They are no clients yet, so maxclients does not count them.</summary>
    private const int HandshakesMax = 1024;

    private static int _handshakes;

    public static void UseTls(this ListenOptions listener, TlsContexts contexts, RespEngine engine, IEngineLog log)
    {
        listener.Use(next => connection => BoundAsync(next, connection, engine, log));
        listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = HandshakeTimeout,
            OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(contexts.Current.Options()),
        });
        listener.Use(EstablishedAsync);
    }

    private static async Task BoundAsync(ConnectionDelegate next, ConnectionContext connection, RespEngine engine, IEngineLog log)
    {
        int handshakes = Interlocked.Increment(ref _handshakes);
        var handshake = new TlsHandshake(connection.Transport);
        try
        {
            if (handshakes > HandshakesMax || handshakes + engine.ClientCount > engine.Config.MaxClients)
            {
                // Nobody to tell: the client expects TLS.
                End(handshake);
                engine.NoteRejectedConnection();
                connection.Abort(new ConnectionAbortedException("Too many connections."));
                return;
            }

            connection.Features.Set(handshake);
            connection.Transport = handshake;
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            if (End(handshake))
            {
                log.Write(EngineLogLevel.Verbose, $"TLS handshake with {connection.RemoteEndPoint} failed: no TLS, no certificate that is trusted, or no answer");
            }
        }
    }

    private static ConnectionDelegate EstablishedAsync(ConnectionDelegate next) => async connection =>
    {
        End(connection.Features.Get<TlsHandshake>()!);
        await next(connection).ConfigureAwait(false);
        try
        {
            // So that the client can tell the end from a cut.
            await connection.Features.Get<ISslStreamFeature>()!.SslStream.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // It is gone already.
        }
    };

    /// <summary>False: it was over.</summary>
    private static bool End(TlsHandshake handshake)
    {
        if (!handshake.TryEnd())
        {
            return false;
        }

        Interlocked.Decrement(ref _handshakes);
        return true;
    }
}
