using System.Buffers;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Sessions;

/// <summary>A change of a key.</summary>
/// <param name="Name">As in Redis's keyspace notifications: <c>set</c>, <c>del</c>, <c>expired</c>.</param>
/// <param name="Database">Number of its database.</param>
/// <param name="Key">The key.</param>
/// <param name="Lsn">The record that made the change; 0: it made none (a miss).</param>
public readonly record struct KeyEvent(string Name, int Database, ReadOnlyMemory<byte> Key, long Lsn);

/// <summary>Why a stream was not opened.</summary>
public enum EventStreamRefusal
{
    None,

    /// <summary>The user may not subscribe to these events.</summary>
    NoPermission,

    /// <summary>There are <c>http-max-event-streams</c> already.</summary>
    TooManyStreams,

    /// <summary>There are <c>maxclients</c> already.</summary>
    TooManyClients,

    /// <summary>The server is loading or stopping.</summary>
    NotServing,
}

/// <summary>
/// A client inside this process that is told of keyspace events, whatever <c>notify-keyspace-events</c> says. Events leave through the same fence as
/// every reply and push: nobody hears of a change that a crash can undo (D1, D8).
/// </summary>
/// <remarks>
/// What is not read waits in the session's queue, which is bounded by <c>client-output-buffer-limit pubsub</c>: who reads too slowly is cut, and
/// <see cref="ReadAsync"/> says so. One reader at a time.
/// </remarks>
public sealed class EventStream : IReplyTransport, IDisposable
{
    /// <summary>A buffer that has grown above this by a long key is not kept.</summary>
    private const int KeptBufferBytesMax = 256 * 1024;

    private readonly RespEngine _engine;
    private readonly ResumeSignal _arrived = new();
    private readonly TaskCompletionSource<string> _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Belongs to whoever has the sending right of the session's queue: the reader, from <see cref="IReplyTransport.Flush"/> until it gives it back.</summary>
    private readonly ArrayBufferWriter<byte> _chunk = new();

    /// <summary>The reader's own: the beginning of an event whose end has not come.</summary>
    private ArrayBufferWriter<byte> _rest = new();

    /// <summary>The reader's own.</summary>
    private Task? _arrival;

    private Session _session = null!;
    private bool _isDisposed;

    private EventStream(RespEngine engine) => _engine = engine;

    /// <summary>Cancelled when the stream is cut: by a limit, CLIENT KILL, a change of its user, or the end of the engine.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it was cut; null while it was not.</summary>
    public string? CutReason => _cut.Task.IsCompletedSuccessfully ? _cut.Task.GetAwaiter().GetResult() : null;

    IBufferWriter<byte> IReplyTransport.Writer => _chunk;

    /// <summary>Opens a stream for the user that a client has logged in as. Changes from here on are told.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="asking">The client; it is not needed afterwards.</param>
    /// <param name="filter">What is asked for.</param>
    /// <param name="refusal">Why there is none, when null is returned.</param>
    public static EventStream? Open(RespEngine engine, LocalClient asking, EventFilter filter, out EventStreamRefusal refusal)
    {
        var stream = new EventStream(engine);
        lock (engine.Turn)
        {
            refusal = engine.State != EngineState.Ready ? EventStreamRefusal.NotServing
                : !engine.EventStreams.Allows(asking.Session.User, filter) ? EventStreamRefusal.NoPermission
                : engine.EventStreams.Count >= engine.Config.HttpMaxEventStreams ? EventStreamRefusal.TooManyStreams
                : EventStreamRefusal.None;
            if (refusal != EventStreamRefusal.None)
            {
                return null;
            }

            if (engine.Connect(stream, asking.Session.RemoteAddress, asking.Session.LocalAddress) is not { } session)
            {
                refusal = EventStreamRefusal.TooManyClients;
                return null;
            }

            stream._session = session;
            session.User = asking.Session.User;
            session.IsAuthenticated = asking.Session.IsAuthenticated;
            session.Name = "http-events";
            session.LastCommand = "subscribe";
            engine.EventStreams.Add(session, filter);
            return stream;
        }
    }

    /// <summary>Waits for events. Empty: none came within the time, which is no end.</summary>
    /// <param name="within">How long to wait.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LocalClientException">The stream was cut; events may have been lost.</exception>
    public async ValueTask<IReadOnlyList<KeyEvent>> ReadAsync(TimeSpan within, CancellationToken cancel)
    {
        List<KeyEvent> events;
        do
        {
            // Kept when the time is over: a signal that comes then is for the next call.
            _arrival ??= _arrived.WaitAsync();
            try
            {
                await Task.WhenAny(_arrival, _cut.Task).WaitAsync(within, _engine.Time, cancel).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return [];
            }

            if (CutReason is { } reason)
            {
                throw new LocalClientException(LocalClientFailure.Cut, reason);
            }

            _arrival = null;
            TakeChunk();
            events = TakeEvents();
        }
        while (events.Count == 0);

        return events;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _engine.Disconnect(_session);
        _cut.TrySetResult("disposed");
        _ended.Dispose();
    }

    /// <summary>The reader takes it from here; no more is sent until it has.</summary>
    bool IReplyTransport.Flush()
    {
        _arrived.Signal();
        return false;
    }

    void IReplyTransport.Resume()
    {
        // There are no requests that could wait.
    }

    void IReplyTransport.Abort(string reason)
    {
        if (_cut.TrySetResult(reason))
        {
            // Whoever is writing to its client stops; not on this thread, which may hold the turn.
            _engine.Threads.Post(static stream => ((EventStream)stream!).End(), this);
        }
    }

    private void End()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The reader was faster.
        }
    }

    private void TakeChunk()
    {
        _rest.Write(_chunk.WrittenSpan);
        _engine.NoteOutput(_session, _chunk.WrittenCount);
        _chunk.ResetWrittenCount();
        _session.Output.FlushCompleted();
    }

    /// <summary>None, while the end of a long one has not come.</summary>
    private List<KeyEvent> TakeEvents()
    {
        var events = new List<KeyEvent>();
        ReadOnlySpan<byte> rest = _rest.WrittenSpan;
        while (RespReplyReader.TryRead(rest, out RespValue? value, out int consumed))
        {
            rest = rest[consumed..];
            events.Add(new KeyEvent(value.Items[0].Text, (int)value.Items[1].Integer, value.Items[2].Bytes, value.Items[3].Integer));
        }

        var left = _rest.Capacity > KeptBufferBytesMax && rest.Length < KeptBufferBytesMax ? new ArrayBufferWriter<byte>() : null;
        if (left is null && rest.IsEmpty)
        {
            _rest.ResetWrittenCount();
        }
        else if (rest.Length < _rest.WrittenCount)
        {
            left ??= new ArrayBufferWriter<byte>();
            left.Write(rest);
            _rest = left;
        }

        return events;
    }
}
