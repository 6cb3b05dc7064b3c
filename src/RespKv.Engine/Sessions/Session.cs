using RespKv.Engine.Configuration;
using RespKv.Engine.PubSub;
using RespKv.Engine.Security;
using RespKv.Engine.Tracking;
using RespKv.Protocol;

namespace RespKv.Engine.Sessions;

/// <summary>How CLIENT REPLY left the client's replies.</summary>
internal enum ReplyMode
{
    On,
    Off,

    /// <summary>CLIENT REPLY SKIP is being executed: becomes <see cref="SkipNext"/> when it ends.</summary>
    SkipAsked,

    /// <summary>The next command's reply is dropped.</summary>
    SkipNext,
}

/// <summary>The state of one connected client. Guarded by the turn, except where a member says otherwise.</summary>
public sealed class Session
{
    private long _lastActiveAtMillis;

    internal Session(long id, IReplyTransport transport, IReleasePoint release, string remoteAddress, string localAddress, long nowMillis, AclUser user)
    {
        User = user;
        Id = id;
        Transport = transport;
        Output = new ReplyQueue(transport, release);
        RemoteAddress = remoteAddress;
        LocalAddress = localAddress;
        ConnectedAtMillis = nowMillis;
        LastCommandAtMillis = nowMillis;
    }

    /// <summary>CLIENT ID: ascending, never reused.</summary>
    public long Id { get; }

    /// <summary>The replies on their way out. Thread safe.</summary>
    public ReplyQueue Output { get; }

    /// <summary>Requests that were parsed and not yet executed. Used by the connection's own thread only.</summary>
    public RequestParser Parser { get; } = new();

    /// <summary>The connection closes as soon as the replies so far have left (QUIT, a protocol error, CLIENT KILL of itself).</summary>
    public bool CloseAfterReplies { get; internal set; }

    /// <summary>No request of the client is executed until it is resumed.</summary>
    public bool IsSuspended => Suspension is not null;

    /// <summary>False until AUTH or HELLO AUTH succeeded, when the default user needed a password as the client came.</summary>
    public bool IsAuthenticated { get; internal set; }

    /// <summary>Bytes of requests that are waiting to be completed; kept by the connection for CLIENT LIST (qbuf).</summary>
    public int QueryBufferBytes { get; set; }

    /// <summary>Address and port as <c>127.0.0.1:50000</c>, or the socket's path and <c>:0</c>.</summary>
    public string RemoteAddress { get; }

    public string LocalAddress { get; }

    public long ConnectedAtMillis { get; }

    /// <summary>When the last command was executed; for <c>timeout</c> and CLIENT LIST's idle.</summary>
    public long LastCommandAtMillis { get; internal set; }

    /// <summary>When bytes last came or went, exact to a period of the housekeeping. Any thread.</summary>
    internal long LastActiveAtMillis
    {
        get => Volatile.Read(ref _lastActiveAtMillis);
        set => Volatile.Write(ref _lastActiveAtMillis, value);
    }

    internal IReplyTransport Transport { get; }

    internal int Database { get; set; }

    /// <summary>2 or 3.</summary>
    internal int ProtocolVersion { get; set; } = 2;

    internal string Name { get; set; } = "";

    internal string LibraryName { get; set; } = "";

    internal string LibraryVersion { get; set; } = "";

    /// <summary>Who the client is: the default user until it says otherwise.</summary>
    internal AclUser User { get; set; }

    internal bool NoEvict { get; set; }

    internal bool NoTouch { get; set; }

    /// <summary>Whether the last command was a write: a guess at what the next ones are.</summary>
    internal bool LastWrote { get; set; }

    internal ReplyMode ReplyMode { get; set; }

    internal string LastCommand { get; set; } = "NULL";

    internal long CommandCount { get; set; }

    /// <summary>LSN of the client's last write, 0 before the first: WAIT and WAITAOF wait for it.</summary>
    internal long LastWriteLsn { get; set; }

    /// <summary>Since when it has been above the soft limit of client-output-buffer-limit, -1: it is not.</summary>
    internal long SoftLimitSinceMillis { get; set; } = -1;

    /// <summary>What SUBSCRIBE and its kin subscribed to; null before the first.</summary>
    internal Subscriptions? Subscriptions { get; set; }

    /// <summary>Which keyspace events it is told of without channels; null: none.</summary>
    internal EventFilter? EventFilter { get; set; }

    /// <summary>Has subscriptions: belongs to the class pubsub, and with RESP2 may only use the commands for that.</summary>
    internal bool IsSubscriber { get; set; }

    /// <summary>Watches what others execute (MONITOR).</summary>
    internal bool IsMonitor { get; set; }

    /// <summary>Which changes of keys it is told of (CLIENT TRACKING); null: none.</summary>
    internal ClientTracking? Tracking { get; set; }

    /// <summary>In the pusher's list of clients that something was pushed to.</summary>
    internal bool IsPushedTo { get; set; }

    internal Suspension? Suspension { get; set; }

    /// <summary>What was queued since MULTI; null outside.</summary>
    internal CommandBlock? Block { get; set; }

    /// <summary>EXEC is running the block: nothing in it may suspend the client.</summary>
    internal bool RunsBlock { get; set; }

    /// <summary>What WATCH watches; null before the first.</summary>
    internal ClientWatches? Watches { get; set; }

    /// <summary>Memory of the queued commands and the watches, at most client-query-buffer-limit.</summary>
    internal long TransactionBytes => (Block?.Bytes ?? 0) + (Watches?.Bytes ?? 0);

    /// <summary>Its requests wait until the log has room, or a CLIENT PAUSE ends.</summary>
    internal bool IsPostponed { get; set; }

    /// <summary>Cut off by CLIENT KILL, a limit or the end of its connection: nothing of it is executed any more.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>Number of the last batch that this client waits for, so that it is in a batch's list once.</summary>
    internal long WaitsForBatch { get; set; } = -1;

    /// <summary>Number of the last batch that this client has written to, so that it counts as one of its writers once.</summary>
    internal long WroteToBatch { get; set; } = -1;

    /// <summary>What may wait for it. Any thread. A monitor counts as a subscriber here, which it is: without a limit it could fill the memory.</summary>
    internal OutputBufferLimit OutputLimit(ServerConfig config) => IsSubscriber || IsMonitor ? config.OutputBufferLimits.PubSub : config.OutputBufferLimits.Normal;

    /// <summary>Forgets what was queued and what is watched.</summary>
    internal void EndTransaction()
    {
        Block = null;
        EndWatches();
    }

    /// <summary>Watches nothing, and nothing watched has changed.</summary>
    internal void EndWatches()
    {
        Watches?.Forget();
        Watches = null;
    }
}
