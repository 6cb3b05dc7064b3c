using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using RespKv.Engine;

namespace RespKv.Hosting.Connections;

/// <summary>Kestrel hands every RESP connection to this.</summary>
internal sealed class RespConnectionHandler(RespEngine engine) : ConnectionHandler
{
    /// <summary>Probes that may go unanswered before the operating system drops the connection; with the interval of a third, as in Redis.</summary>
    private const int KeepAliveProbes = 3;

    public override Task OnConnectedAsync(ConnectionContext connection)
    {
        KeepAlive(connection);
        return new RespConnection(engine, connection).RunAsync();
    }

    private void KeepAlive(ConnectionContext connection)
    {
        int seconds = engine.Config.TcpKeepAliveSeconds;
        Socket? socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
        if (seconds == 0 || socket is null || socket.AddressFamily == AddressFamily.Unix)
        {
            return;
        }

        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Max(1, seconds / KeepAliveProbes));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        }
        catch (SocketException)
        {
            // The client is gone already; the read will say so.
        }
    }
}
