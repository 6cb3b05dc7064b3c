using System.ComponentModel;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace RespKv.Hosting.Transport;

/// <summary>One accepted socket, driven by an <see cref="EventLoop"/>.</summary>
internal sealed class SocketConnection : ConnectionContext, IDuplexPipe, IConnectionSocketFeature, IConnectionTransportFeature, IConnectionItemsFeature, IEventLoopFeature
{
    /// <summary>Input that is thrown away before closing: a socket closed over unread input would tell the client of a reset, and take the last replies with it.</summary>
    private const int DiscardBytesMax = 256 * 1024;

    private const int NotOpen = -1;

    private static long _lastId;

    private readonly EventLoop _loop;
    private readonly CancellationTokenSource _closed = new();
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private string? _id;
    private IDictionary<object, object?>? _items;

    // The loop's own.
    private int _slot = NotOpen;
    private bool _isClosed;
    private bool _isTold;

    private int _closeRequested;
    private ConnectionAbortedException? _abortReason;

    public SocketConnection(Socket socket, EventLoop loop)
    {
        Socket = socket;
        Handle = socket.SafeHandle;
        _loop = loop;
        _input = new SocketInput(this, loop);
        _output = new SocketOutput(this);
        Transport = this;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        var features = new FeatureCollection();
        features.Set<IConnectionSocketFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IEventLoopFeature>(this);
        Features = features;
    }

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId
    {
        get => _id ??= Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        set => _id = value;
    }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public EventLoop Loop => _loop;

    public Socket Socket { get; }

    public SafeSocketHandle Handle { get; }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <summary>Hands the connection to its loop.</summary>
    public void Start() => _loop.Post(static connection => ((SocketConnection)connection).Open(), this);

    /// <summary>Cuts the connection; what was not sent yet is dropped. Any thread.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        Interlocked.CompareExchange(ref _abortReason, abortReason, null);
        _loop.Post(static connection => ((SocketConnection)connection).CloseAborted(), this);
    }

    /// <summary>Closes the connection; what was flushed has left.</summary>
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closeRequested, 1) == 0)
        {
            _loop.Post(static connection => ((SocketConnection)connection).CloseOrderly(), this);
        }

        return base.DisposeAsync();
    }

    /// <summary>Something has happened to the socket. On the loop.</summary>
    public void OnEvents(uint events)
    {
        if ((events & EpollNative.Out) != 0)
        {
            _output.OnWritable();
        }

        bool closed = (events & (EpollNative.PeerClosed | EpollNative.HangUp | EpollNative.Error)) != 0;
        if (closed || (events & EpollNative.In) != 0)
        {
            _input.OnReadable(closed);
        }

        if (closed && !_isTold)
        {
            _isTold = true;
            TellClosed();
        }
    }

    /// <summary>Has the loop look at the socket again, when the others have had their turn. Any thread.</summary>
    public void ReceiveLater() => _loop.Post(static connection => ((SocketConnection)connection)._input.Receive(), this);

    /// <summary>Has the loop send more, when the others have had their turn. Any thread.</summary>
    public void SendLater() => _loop.Post(static connection => ((SocketConnection)connection)._output.OnWritable(), this);

    private void Open()
    {
        if (_isClosed)
        {
            return;
        }

        try
        {
            _slot = _loop.Add(this);
        }
        catch (Win32Exception e)
        {
            Abort(new ConnectionAbortedException($"The socket cannot be watched: {e.Message}"));
        }
    }

    private void TellClosed() => ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);

    private void CloseOrderly()
    {
        if (!Close(new ConnectionAbortedException("The connection was closed.")))
        {
            return;
        }

        try
        {
            Socket.Shutdown(SocketShutdown.Send);
            for (int discarded = 0; discarded < DiscardBytesMax;)
            {
                nint count = EpollNative.Receive(Handle, _loop.ReceiveBuffer.Span);
                if (count <= 0)
                {
                    break;
                }

                discarded += (int)count;
            }
        }
        catch (SocketException)
        {
            // The peer was faster.
        }

        Socket.Dispose();
    }

    private void CloseAborted()
    {
        if (Close(_abortReason!))
        {
            // A reset: the peer is not to take what it got for all there was.
            Socket.Close(0);
            TellClosed();
        }
    }

    /// <summary>Ends both pipes and forgets the socket. False: it was closed before.</summary>
    private bool Close(ConnectionAbortedException reason)
    {
        if (_isClosed)
        {
            return false;
        }

        _isClosed = true;
        if (_slot != NotOpen)
        {
            _loop.Remove(this, _slot);
        }

        _input.Fail(reason);
        _output.Fail(reason);
        return true;
    }
}
