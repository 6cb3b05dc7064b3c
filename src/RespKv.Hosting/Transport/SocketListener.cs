using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace RespKv.Hosting.Transport;

/// <summary>A listening socket; each connection goes to one of the event loops.</summary>
internal sealed class SocketListener(Socket socket, SocketTransport transport) : IConnectionListener
{
    /// <summary>Wait before the next try when the process has no descriptor or the kernel no memory left: the connection stays in the backlog.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(10);

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                if (accepted.AddressFamily != AddressFamily.Unix)
                {
                    accepted.NoDelay = true;
                }

                var connection = new SocketConnection(accepted, transport.NextLoop());
                connection.Start();
                return connection;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // While it was in the backlog; the next one.
                accepted?.Dispose();
            }
            catch (SocketException)
            {
                accepted?.Dispose();
                await Task.Delay(RetryDelay, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return default;
    }
}
