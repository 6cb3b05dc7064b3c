using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using RespKv.Engine;
using RespKv.Hosting;

namespace RespKv.Hosting.Transport;

/// <summary>The transport below Kestrel: sockets on event loops of our own, see docs/adr/0008-event-loop.md.</summary>
internal sealed class SocketTransport : IConnectionListenerFactory, IDisposable
{
    private readonly ListenSockets _sockets;
    private readonly int _backlog;
    private readonly EventLoop[] _loops;
    private uint _connections;

    /// <param name="sockets">What is listened on.</param>
    /// <param name="rounds">Told of the rounds of every loop.</param>
    /// <param name="loops">Event loops, 1 or more: connections are dealt out to them in turn.</param>
    /// <param name="backlog">Connections that wait to be accepted.</param>
    public SocketTransport(ListenSockets sockets, IRounds rounds, int loops, int backlog)
    {
        _sockets = sockets;
        _backlog = backlog;
        _loops = [.. Enumerable.Range(0, loops).Select(i => new EventLoop($"event-loop-{i}", rounds))];
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket = _sockets.Take(endpoint);
        socket.Listen(_backlog);
        return ValueTask.FromResult<IConnectionListener>(new SocketListener(socket, this));
    }

    /// <summary>The loop of the next connection.</summary>
    public EventLoop NextLoop() => _loops[Interlocked.Increment(ref _connections) % (uint)_loops.Length];

    /// <summary>Ends the loops. Only when all connections have ended.</summary>
    public void Dispose()
    {
        foreach (EventLoop loop in _loops)
        {
            loop.Dispose();
        }
    }
}
