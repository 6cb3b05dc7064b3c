using System.Buffers;
using System.Text;
using RespKv.Engine.Commands;
using RespKv.Protocol;

namespace RespKv.Engine.Sessions;

/// <summary>Why a <see cref="LocalClient"/> got no reply.</summary>
public enum LocalClientFailure
{
    /// <summary>The session was cut (CLIENT KILL, a limit) or the engine has stopped. Whether the request was executed is not known.</summary>
    Cut,

    /// <summary>The server is stopping: the request was not executed.</summary>
    Stopping,

    /// <summary>The reply is larger than <see cref="LocalClient.ReplyBytesLimit"/>. The request was executed.</summary>
    ReplyTooLarge,
}

/// <summary>A request of a <see cref="LocalClient"/> has no reply.</summary>
public sealed class LocalClientException(LocalClientFailure failure, string message) : Exception(message)
{
    public LocalClientFailure Failure { get; } = failure;
}

/// <summary>What a <see cref="LocalClient"/> was answered.</summary>
/// <param name="Values">One per request, in their order; errors are values.</param>
/// <param name="Lsn">LSN of the last record that the requests wrote; 0: they wrote nothing.</param>
public readonly record struct LocalReply(IReadOnlyList<RespValue> Values, long Lsn);

/// <summary>A command.</summary>
/// <param name="Name">As it is declared, in lower case.</param>
/// <param name="MayWait">It may wait for as long as its arguments say.</param>
public readonly record struct LocalCommand(string Name, bool MayWait);

/// <summary>
/// A client inside this process: requests go through the same turn, replies through the same fence as those of a socket (D1, D8), so what it is
/// told is as durable. Speaks RESP3.
/// </summary>
/// <remarks>
/// One call at a time. Replies are gathered until the last one has passed the fence; nobody's thread but the caller's parses them, and the
/// caller goes on on the thread pool.
/// </remarks>
public sealed class LocalClient : IReplyTransport, IDisposable
{
    /// <summary>Most that the replies of one call may have: larger ones belong on a connection of RESP, which can take them piece by piece.</summary>
    public const int ReplyBytesMax = 256 * 1024 * 1024;

    /// <summary>A buffer that has grown above this by a large reply is not kept for the next one.</summary>
    private const int KeptBufferBytesMax = 64 * 1024;

    private readonly RespEngine _engine;
    private readonly ResumeSignal _resumed = new();
    private readonly TaskCompletionSource<string> _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Belongs to whoever has the sending right of the session's queue; to the caller when the queue is drained.</summary>
    private ArrayBufferWriter<byte> _replies = new();
    private bool _isTooLarge;

    private LocalClient(RespEngine engine) => _engine = engine;

    /// <summary>False: the session was cut, or a call did not come to its end. Take another client then.</summary>
    public bool IsUsable { get; private set; } = true;

    public Session Session { get; private set; } = null!;

    /// <summary>What the replies of one call may have, in bytes; at most <see cref="ReplyBytesMax"/>, which it is at first.</summary>
    public int ReplyBytesLimit { get; set; } = ReplyBytesMax;

    /// <summary>It has to log in before it can do anything else.</summary>
    public bool NeedsAuthentication => _engine.Acl.NeedsAuthentication(Session);

    IBufferWriter<byte> IReplyTransport.Writer => _replies;

    /// <summary>Registers a client, as <see cref="RespEngine.Connect"/>. Null: there are <c>maxclients</c> already.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="remoteAddress">Whom it acts for: <c>ip:port</c>.</param>
    /// <param name="localAddress">Where they came in: <c>ip:port</c>.</param>
    /// <param name="name">Its name in CLIENT LIST.</param>
    public static LocalClient? Connect(RespEngine engine, string remoteAddress, string localAddress, string name)
    {
        var client = new LocalClient(engine);
        if (engine.Connect(client, remoteAddress, localAddress) is not { } session)
        {
            return null;
        }

        client.Session = session;
        session.ProtocolVersion = 3;
        session.Name = name;
        return client;
    }

    /// <summary>Forgets transaction and watches of earlier calls and selects a database. False: the session was cut meanwhile.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such database.</exception>
    public bool Begin(int database)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(database);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(database, _engine.Config.Databases);
        lock (_engine.Turn)
        {
            Session.EndTransaction();
            Session.Database = database;
            return IsUsable && !Session.IsClosed;
        }
    }

    /// <summary>Executes one request.</summary>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="cancel">Gives up waiting: the client is of no further use then, and the request may have been executed.</param>
    /// <exception cref="LocalClientException">There is no reply.</exception>
    public Task<LocalReply> ExecuteAsync(IReadOnlyList<ReadOnlyMemory<byte>> arguments, CancellationToken cancel) => ExecuteAsync([arguments], cancel);

    /// <summary>Executes requests, pipelined: in one turn, unless one of them has to wait.</summary>
    /// <inheritdoc cref="ExecuteAsync(IReadOnlyList{ReadOnlyMemory{byte}}, CancellationToken)"/>
    public async Task<LocalReply> ExecuteAsync(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<byte>>> requests, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(!IsUsable, this);
        IsUsable = false;
        long lsnBefore = Session.LastWriteLsn;
        await RunAsync(Encode(requests), cancel).ConfigureAwait(false);
        await Task.WhenAny(Session.Output.WhenDrainedAsync(), _cut.Task).WaitAsync(cancel).ConfigureAwait(false);
        if (_cut.Task.IsCompletedSuccessfully)
        {
            throw new LocalClientException(LocalClientFailure.Cut, await _cut.Task.ConfigureAwait(false));
        }

        IReadOnlyList<RespValue> values = TakeReplies(requests.Count);
        IsUsable = true;
        return new LocalReply(values, Session.LastWriteLsn == lsnBefore ? 0 : Session.LastWriteLsn);
    }

    /// <summary>What a command's name stands for, whatever rename-command made of it. Null: there is no such command.</summary>
    public static LocalCommand? Describe(RespEngine engine, ReadOnlySpan<byte> name)
        => engine.Commands.Find(name) is { } entry ? new LocalCommand(entry.Name, entry.Has(CommandFlags.Blocking) || entry.Name is "wait" or "waitaof") : null;

    public void Dispose()
    {
        IsUsable = false;
        _engine.Disconnect(Session);
        _cut.TrySetResult("disposed");
    }

    bool IReplyTransport.Flush()
    {
        if (_replies.WrittenCount > ReplyBytesLimit)
        {
            _isTooLarge = true;
            _replies = new ArrayBufferWriter<byte>();
        }

        return true;
    }

    void IReplyTransport.Resume() => _resumed.Signal();

    void IReplyTransport.Abort(string reason) => _cut.TrySetResult(reason);

    private async Task RunAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        _engine.NoteInput(Session, data.Length);
        int done = 0;
        while (true)
        {
            ProcessState state = _engine.Process(Session, data.Span[done..], out int consumed);
            done += consumed;
            if (state == ProcessState.Closing)
            {
                throw _engine.State == EngineState.Stopping
                    ? new LocalClientException(LocalClientFailure.Stopping, "the server is shutting down")
                    : new LocalClientException(LocalClientFailure.Cut, "the session was closed");
            }

            // Its own signals also tell of replies that have drained: only the suspension itself says that it is over.
            if (state == ProcessState.NeedData && !Session.IsSuspended)
            {
                return;
            }

            await Task.WhenAny(_resumed.WaitAsync(), _cut.Task).WaitAsync(cancel).ConfigureAwait(false);
            if (_cut.Task.IsCompletedSuccessfully)
            {
                throw new LocalClientException(LocalClientFailure.Cut, await _cut.Task.ConfigureAwait(false));
            }
        }
    }

    private List<RespValue> TakeReplies(int count)
    {
        if (_isTooLarge)
        {
            _isTooLarge = false;
            _replies = new ArrayBufferWriter<byte>();
            throw new LocalClientException(LocalClientFailure.ReplyTooLarge, $"the reply is larger than {ReplyBytesLimit} bytes");
        }

        var values = new List<RespValue>(count);
        ReadOnlySpan<byte> rest = _replies.WrittenSpan;
        _engine.NoteOutput(Session, rest.Length);
        while (values.Count < count && RespReplyReader.TryRead(rest, out RespValue? value, out int consumed))
        {
            rest = rest[consumed..];
            if (value.Kind != RespKind.Push)
            {
                values.Add(value);
            }
        }

        if (_replies.Capacity > KeptBufferBytesMax)
        {
            _replies = new ArrayBufferWriter<byte>();
        }
        else
        {
            _replies.ResetWrittenCount();
        }

        return values.Count == count ? values : throw new InvalidOperationException($"{count} requests got {values.Count} replies");
    }

    private static ReadOnlyMemory<byte> Encode(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<byte>>> requests)
    {
        var data = new ArrayBufferWriter<byte>();
        foreach (IReadOnlyList<ReadOnlyMemory<byte>> arguments in requests)
        {
            Header(data, '*', arguments.Count);
            foreach (ReadOnlyMemory<byte> argument in arguments)
            {
                Header(data, '$', argument.Length);
                data.Write(argument.Span);
                data.Write("\r\n"u8);
            }
        }

        return data.WrittenMemory;
    }

    private static void Header(ArrayBufferWriter<byte> data, char marker, int count)
        => data.Advance(Encoding.ASCII.GetBytes($"{marker}{count}\r\n", data.GetSpan(RespNumber.Int64BytesMax + 3)));
}
