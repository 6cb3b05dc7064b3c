using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Hosting.Transport;

namespace RespKv.Hosting.Connections;

/// <summary>
/// One client's connection: bytes in, turns, bytes out. It runs on the socket's event loop, inline (decision 8), so nothing here blocks.
/// </summary>
/// <remarks>
/// Ownership: the loop alone reads the input pipe and the query buffer. The output pipe belongs to whichever thread holds the
/// sending right of the session's <see cref="ReplyQueue"/>. Order at the end: the loop stops reading, what was accepted is answered
/// (its fence included), then the connection is closed.
/// </remarks>
internal sealed class RespConnection : IReplyTransport
{
    /// <summary>How long a client may take to accept its last replies when the connection is closed.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private readonly RespEngine _engine;
    private readonly ConnectionContext _context;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly ResumeSignal _resume = new();
    private readonly Action _flushCompleted;
    private readonly IReleaser? _releaser;
    private System.Runtime.CompilerServices.ValueTaskAwaiter<FlushResult> _flush;
    private Session _session = null!;
    private QueryBuffer _query;
    private volatile bool _stopping;
    private volatile bool _closed;

    public RespConnection(RespEngine engine, ConnectionContext context)
    {
        _engine = engine;
        _context = context;
        _input = context.Transport.Input;
        _output = context.Transport.Output;
        _flushCompleted = OnFlushCompleted;
        _releaser = context.Features.Get<IEventLoopFeature>()?.Loop;
    }

    IBufferWriter<byte> IReplyTransport.Writer => _output;

    /// <summary>Serves the client until it goes, is cut, or the server stops.</summary>
    public async Task RunAsync()
    {
        string remote = AddressText.Of(_context.RemoteEndPoint, _context.LocalEndPoint);
        string local = AddressText.Of(_context.LocalEndPoint, _context.LocalEndPoint);
        bool isProtected = _engine.IsProtectedFrom(remote);
        if (isProtected || _engine.Connect(this, remote, local) is not { } session)
        {
            _output.Write(isProtected ? RespEngine.ProtectedModeError : RespEngine.MaxClientsError);
            await _output.FlushAsync().ConfigureAwait(false);
            return;
        }

        _session = session;
        using CancellationTokenRegistration closed = _context.ConnectionClosed.UnsafeRegister(static state => ((RespConnection)state!).Closed(), this);
        using CancellationTokenRegistration stopping = StopRequested().UnsafeRegister(static state => ((RespConnection)state!).Stop(), this);
        try
        {
            await ServeAsync().ConfigureAwait(false);
            await session.Output.WhenDrainedAsync().WaitAsync(DrainTimeout).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or OperationCanceledException)
        {
            // The client is gone or was cut; there is nobody to tell.
        }
        finally
        {
            _engine.Disconnect(session);
            _query.Clear();
        }
    }

    bool IReplyTransport.Flush()
    {
        try
        {
            _engine.NoteOutput(_session, _output.UnflushedBytes);
#pragma warning disable CA2012 // Consumed once: below when it has completed, in OnFlushCompleted otherwise. An async method would allocate.
            _flush = _output.FlushAsync().GetAwaiter();
#pragma warning restore CA2012
            if (_flush.IsCompleted)
            {
                _flush.GetResult();
                return true;
            }

            _flush.UnsafeOnCompleted(_flushCompleted);
            return false;
        }
        catch (Exception)
        {
            // The connection has ended, in whichever way; its session is about to be forgotten. The caller may be the WAL writer, which no
            // client's socket may stop.
            return true;
        }
    }

    IReleaser? IReplyTransport.Releaser => _releaser;

    void IReplyTransport.Resume() => _resume.Signal();

    void IReplyTransport.Abort(string reason)
    {
        _stopping = true;

        // Not on the caller's thread: it may hold the turn, and the abort runs the connection's callbacks.
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => state.Context.Abort(new ConnectionAbortedException(state.Reason)), (Context: _context, Reason: reason), preferLocal: false);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            ReadResult read = await _input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            ProcessState state = buffer.IsEmpty ? ProcessState.NeedData : Process(buffer);
            _input.AdvanceTo(buffer.End);
            while (state == ProcessState.Waiting && !_stopping && !(_closed && _session.IsSuspended))
            {
                await _resume.WaitAsync().ConfigureAwait(false);
                state = ProcessQuery();
            }

            _session.QueryBufferBytes = _query.Length;
            if (state != ProcessState.NeedData || read.IsCompleted || _stopping)
            {
                return;
            }
        }
    }

    /// <summary>Runs what came. What is left of it is in the query buffer afterwards, so all of it has been consumed.</summary>
    private ProcessState Process(ReadOnlySequence<byte> buffer)
    {
        _engine.NoteInput(_session, buffer.Length);
        ProcessState state = ProcessState.NeedData;
        foreach (ReadOnlyMemory<byte> memory in buffer)
        {
            ReadOnlySpan<byte> data = memory.Span;
            if (_query.Length == 0 && state == ProcessState.NeedData)
            {
                // The common case: whole requests, executed where the socket put them.
                state = _engine.Process(_session, data, out int consumed);
                if (consumed < data.Length)
                {
                    _query.Append(data[consumed..], _session.Parser.BytesWanted);
                }
            }
            else
            {
                _query.Append(data, _session.Parser.BytesWanted);
                if (state == ProcessState.NeedData)
                {
                    state = ProcessQuery();
                }
            }
        }

        if (_query.Length > _engine.Config.ClientQueryBufferBytesMax)
        {
            _engine.QueryBufferLimitReached(_session);
            return ProcessState.Closing;
        }

        return state;
    }

    private ProcessState ProcessQuery()
    {
        if (_session.CloseAfterReplies)
        {
            // A suspended command has ended with it (ACL LOAD, for a client whose user was replaced).
            return ProcessState.Closing;
        }

        ProcessState state = _engine.Process(_session, _query.Span, out int consumed);
        _query.Consume(consumed);
        return state;
    }

    private void OnFlushCompleted()
    {
        try
        {
            _flush.GetResult();
        }
        catch (Exception)
        {
            // As in Flush: the connection has ended.
        }

        _session.Output.FlushCompleted();
    }

    /// <summary>The server stops or the client was cut: nothing more is executed.</summary>
    private void Stop()
    {
        _stopping = true;
        _input.CancelPendingRead();
        _resume.Signal();
    }

    /// <summary>
    /// The client has closed, or only its sending half: what it sent before is still executed and answered. Only a suspended
    /// command, which may wait for ever, is given up.
    /// </summary>
    private void Closed()
    {
        _closed = true;
        _resume.Signal();
    }

    private CancellationToken StopRequested()
        => _context.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
}
