using System.Buffers;
using System.Diagnostics;
using System.Text;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.TestKit.Engine;

namespace RespKv.TestKit.Measuring;

/// <summary>
/// A client without a socket whose replies are thrown away, for measuring whole commands. Sending allocates nothing. One thread sends;
/// replies arrive on whichever thread releases them.
/// </summary>
public sealed class DiscardingClient : IReplyTransport, IBufferWriter<byte>, IDisposable
{
    /// <summary>A queue sends no more than this at a time.</summary>
    private const int SinkBytes = 64 * 1024;

    private readonly RespEngine _engine;
    private readonly AutoResetEvent _resumed = new(false);
    private byte[] _sink = new byte[SinkBytes];
    private long _replyBytes;
    private volatile string? _failure;

    public DiscardingClient(RespEngine engine)
    {
        _engine = engine;
        Session = engine.Connect(this, "127.0.0.1:50000", "127.0.0.1:6380") ?? throw new InvalidOperationException("maxclients reached");
    }

    public Session Session { get; }

    /// <summary>Bytes of the replies so far. Any thread.</summary>
    public long ReplyBytes => Volatile.Read(ref _replyBytes);

    IBufferWriter<byte> IReplyTransport.Writer => this;

    /// <summary>Runs whole requests in one turn, or in more if the engine bounds it. Waits where the engine has the client wait, not for replies.</summary>
    /// <exception cref="InvalidOperationException">A reply was an error, the connection was cut, or the bytes end inside a request.</exception>
    /// <exception cref="TimeoutException">The engine never let the client go on.</exception>
    public void Send(ReadOnlySpan<byte> requests)
    {
        while (true)
        {
            ProcessState state = _engine.Process(Session, requests, out int consumed);
            requests = requests[consumed..];
            if (_failure is not null || state == ProcessState.Closing)
            {
                throw new InvalidOperationException(_failure ?? "the engine closes the connection");
            }

            if (state == ProcessState.Waiting)
            {
                if (!_resumed.WaitOne(TestClient.ReplyTimeout))
                {
                    throw new TimeoutException($"the engine had the client wait for more than {TestClient.ReplyTimeout.TotalSeconds} s");
                }
            }
            else if (requests.IsEmpty)
            {
                return;
            }
            else
            {
                throw new InvalidOperationException("the bytes end inside a request");
            }
        }
    }

    /// <summary>Waits until every reply has left.</summary>
    /// <exception cref="InvalidOperationException">A reply was an error.</exception>
    /// <exception cref="TimeoutException">They do not come.</exception>
    public void AwaitReplies()
    {
        long started = Stopwatch.GetTimestamp();
        while (Session.Output.HeldBytes > 0 && _failure is null)
        {
            Thread.Yield();
            if (Stopwatch.GetElapsedTime(started) > TestClient.ReplyTimeout)
            {
                throw new TimeoutException($"no reply within {TestClient.ReplyTimeout.TotalSeconds} s");
            }
        }

        if (_failure is not null)
        {
            throw new InvalidOperationException(_failure);
        }
    }

    public void Dispose()
    {
        _engine.Disconnect(Session);
        _resumed.Dispose();
    }

    bool IReplyTransport.Flush() => true;

    void IReplyTransport.Resume() => _resumed.Set();

    void IReplyTransport.Abort(string reason)
    {
        _failure = $"the connection was cut: {reason}";
        _resumed.Set();
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        // Looked at where a send begins: enough to notice that it is not the command that is being measured but its error reply.
        if (_sink[0] == (byte)'-')
        {
            _failure ??= Encoding.Latin1.GetString(_sink, 0, Math.Min(count, 100));
        }

        Volatile.Write(ref _replyBytes, _replyBytes + count);
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Sink(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Sink(sizeHint);

    private byte[] Sink(int sizeHint)
    {
        if (sizeHint > _sink.Length)
        {
            _sink = new byte[sizeHint];
        }

        return _sink;
    }
}
