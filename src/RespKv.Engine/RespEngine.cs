using RespKv.Engine.Checkpoints;
using RespKv.Engine.Commands;
using RespKv.Engine.Commit;
using RespKv.Engine.Configuration;
using RespKv.Engine.Eviction;
using RespKv.Engine.Execution;
using RespKv.Engine.KeyOrder;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Observation;
using RespKv.Engine.PubSub;
using RespKv.Engine.Recovery;
using RespKv.Engine.Security;
using RespKv.Engine.Sessions;
using RespKv.Engine.Tracking;
using RespKv.Protocol;
using RespKv.Storage.Files;
using RespKv.Storage.Threading;
using RespKv.Storage.Wal;

namespace RespKv.Engine;

/// <summary>
/// The database: executes requests one at a time (the turn), commits what they change, and lets replies leave when what they tell
/// is durable. It has no sockets; see <see cref="IReplyTransport"/>.
/// </summary>
/// <remarks>
/// Threads: connection threads run turns (<see cref="Process"/>); one WAL writer thread commits (<see cref="CommitPipeline"/>); one
/// timer does the housekeeping, in turns like anyone else. <see cref="Turn"/> is the one lock around keys, sessions and the batch
/// that is being filled; it is never held across I/O. Lock order: Turn, then a queue's gate or the waiters' gate.
/// </remarks>
public sealed class RespEngine : IEngineLifecycle, IReleasePoint, IRounds, IDisposable
{
    /// <summary>Requests that are executed in one turn: bounds how long others wait, and how much is parsed ahead.</summary>
    private const int TurnRequestsMax = 512;

    /// <summary>Records that are not left to the end of a round: it may be a long one.</summary>
    private const int RoundRecordBytesMax = 64 * 1024;

    [ThreadStatic]
    private static RequestBatch? _threadBatch;

    [ThreadStatic]
    private static bool _inRound;

    [ThreadStatic]
    private static bool _wakeDue;

    private readonly IFileSystem _files;
    private readonly Executor _executor;
    private readonly ClientScheduler _scheduler;
    private readonly Housekeeping _housekeeping;
    private readonly TaskCompletionSource<Exception?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _shutdownRequested;
    private int _state = (int)EngineState.Loading;

    public RespEngine(ServerConfig config, IFileSystem files, TimeProvider time, IEngineLog log, IThreads? threads = null)
    {
        Threads = threads ?? SystemThreads.Instance;
        Config = config;
        _files = files;
        Time = time;
        Log = log;
        StartedAtMillis = NowMillis();
        TurnWriter = new RespWriter(new ReplyBuffer(keepsSegment: true));
        Databases = new Databases(config.Databases);
        AccessCounter = new AccessCounter(() => Random);
        Effects = new ConfigEffects(this);
        Effects.ApplyAll();
        Checkpoints = new CheckpointService(this, files);
        Backups = new Backups(this, files);
        Commit = new CommitPipeline(this);
        PubSub = new PubSubHub(this);
        Pusher = new Pusher(this);
        EventStreams = new EventStreams(this);
        Notifications = new Notifications(this);
        Monitors = new Monitors(this);
        Tracking = new KeyTracking(this);
        Mutator = new Mutator(Databases, Commit, Notifications, Tracking);
        Lists = new ListMutator(Databases, Mutator);
        KeyOrder = new KeyOrderService(Checkpoints, Mutator.Capture, Turn, log, time);
        Commands = BuiltInCommands.Create();
        Acl = new AccessControl(this);
        _executor = new Executor(this);
        RenameCommands();
        _scheduler = new ClientScheduler(this);
        Expiry = new ExpiryCycle(this);
        Evictor = new Evictor(this);
        _housekeeping = new Housekeeping(this, time);
        Lifetime = new EngineLifetime(this, new DataDirectory(this, files, time), _housekeeping);
    }

    /// <inheritdoc/>
    public event Action? ShutdownRequested;

    public ServerConfig Config { get; }

    public EngineState State => (EngineState)Volatile.Read(ref _state);

    /// <inheritdoc/>
    public Task<Exception?> Stopped => _stopped.Task;

    /// <inheritdoc/>
    public long ReleasedLsn => Commit.ReleasedLsn;

    /// <summary>All writes up to it are on disk (D2).</summary>
    public long DurableLsn => Commit.DurableLsn;

    /// <summary>What recovery found; null until it has finished.</summary>
    public WalRecoveryReport? RecoveryReport { get; internal set; }

    internal Lock Turn { get; } = new();

    internal IThreads Threads { get; }

    internal TimeProvider Time { get; }

    internal EngineLifetime Lifetime { get; }

    internal Databases Databases { get; }

    internal CommitPipeline Commit { get; }

    internal CheckpointService Checkpoints { get; }

    internal Backups Backups { get; }

    internal KeyOrderService KeyOrder { get; }

    internal Mutator Mutator { get; }

    /// <summary>Changes of lists, on top of the mutator. Guarded by the turn.</summary>
    internal ListMutator Lists { get; }
    internal PubSubHub PubSub { get; }

    internal Pusher Pusher { get; }

    internal Notifications Notifications { get; }

    internal EventStreams EventStreams { get; }

    internal Monitors Monitors { get; }

    internal KeyTracking Tracking { get; }

    /// <summary>Somebody monitors commands or tracks keys: the one thing that a command asks while nobody does. Guarded by the turn.</summary>
    internal bool IsObserved { get; private set; }

    internal Housekeeping Housekeeping => _housekeeping;

    internal CommandTable Commands { get; }

    internal AccessControl Acl { get; }

    /// <summary>Set by the host when it listens for TLS, before clients come.</summary>
    public ITlsReloader? Tls { get; set; }

    /// <summary>Connected clients. Any thread.</summary>
    public int ClientCount => Clients.Count;

    internal EngineStats Stats { get; } = new();

    internal SlowLog SlowLog { get; } = new();

    internal LatencyMonitor Latency { get; } = new();

    internal ClientRegistry Clients { get; } = new();

    internal ExpiryCycle Expiry { get; }

    internal Evictor Evictor { get; }

    /// <summary>In use while maxmemory-policy is one of lfu. Guarded by the turn.</summary>
    internal AccessCounter AccessCounter { get; }

    internal ConfigEffects Effects { get; }

    internal IEngineLog Log { get; }

    /// <summary>The file-system door, for CONFIG REWRITE and free space.</summary>
    internal IFileSystem Files => _files;

    /// <summary>Replies of the running turn are written here. Guarded by the turn.</summary>
    internal RespWriter TurnWriter { get; }

    /// <summary>Chooses keys for RANDOMKEY; nothing that is logged depends on it (D7). Guarded by the turn.</summary>
    internal Random Random { get; init; } = new();

    internal long StartedAtMillis { get; }

    internal RecoveryProgress RecoveryProgress { get; } = new();

    internal bool HasFailed => State == EngineState.Failed;

    /// <summary>
    /// Seconds in 24 bits: when a key was last used. Kept by the housekeeping, exact to its period. Under an lfu policy it is what
    /// <see cref="AccessCounter"/> gives a new key.
    /// </summary>
    internal uint AccessClock
    {
        get => Databases.Memory.AccessClock;
        set => Databases.Memory.AccessClock = value;
    }

    internal long NowMicros() => (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    internal long NowMillis() => Time.GetUtcNow().ToUnixTimeMilliseconds();

    internal static uint AccessClockAt(long nowMillis) => (uint)(nowMillis / 1000) & 0xFF_FFFF;

    internal long IdleSeconds(uint accessClock) => (AccessClock - accessClock) & 0xFF_FFFF;

    /// <summary>
    /// Registers a client. Null when <c>maxclients</c> is reached: the caller answers <see cref="MaxClientsError"/> and closes.
    /// Addresses are <c>ip:port</c>, or <c>path:0</c> for a unix socket.
    /// </summary>
    public Session? Connect(IReplyTransport transport, string remoteAddress, string localAddress)
    {
        lock (Turn)
        {
            if (Clients.Count >= Config.MaxClients)
            {
                Stats.CountRejectedConnection();
                return null;
            }

            Stats.CountConnection();
            var session = new Session(Clients.NextId(), transport, this, remoteAddress, localAddress, NowMillis(), Acl.Default)
            {
                IsAuthenticated = Acl.Default.AdmitsAnyone,
            };
            Clients.Add(session);
            return session;
        }
    }

    /// <summary>Redis's reply to a connection above maxclients.</summary>
    public static ReadOnlySpan<byte> MaxClientsError => "-ERR max number of clients reached\r\n"u8;

    /// <summary>
    /// Whether protected-mode turns a client away: anybody would be let in, and it is not on this machine. The caller answers
    /// <see cref="ProtectedModeError"/> and closes.
    /// </summary>
    public bool IsProtectedFrom(string remoteAddress)
    {
        if (!Config.ProtectedMode || IsLocal(remoteAddress) || !Acl.DefaultNeedsNoPassword)
        {
            return false;
        }

        Stats.CountRejectedConnection();
        return true;
    }

    /// <summary>A connection was closed before it became a client.</summary>
    public void NoteRejectedConnection() => Stats.CountRejectedConnection();

    /// <summary>Redis's reply to a connection that protected-mode turns away.</summary>
    public static ReadOnlySpan<byte> ProtectedModeError => "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n"u8;

    /// <summary>Whether an address as of <see cref="Connect"/> is one of this machine: loopback or a unix socket.</summary>
    internal static bool IsLocal(string address)
        => address.StartsWith('/') || address.StartsWith("127.", StringComparison.Ordinal) || address.StartsWith("[::1]:", StringComparison.Ordinal);

    /// <summary>Bytes came from a client. Its idle time starts again.</summary>
    public void NoteInput(Session session, long bytes)
    {
        Stats.CountInput(bytes);
        session.LastActiveAtMillis = _housekeeping.NowMillis;
    }

    /// <summary>Bytes are on their way to a client. Its idle time starts again.</summary>
    public void NoteOutput(Session session, long bytes)
    {
        Stats.CountOutput(bytes);
        session.LastActiveAtMillis = _housekeeping.NowMillis;
    }

    /// <summary>A client exceeded client-query-buffer-limit; the caller closes its connection, as Redis does, without a reply.</summary>
    public void QueryBufferLimitReached(Session session)
    {
        lock (Turn)
        {
            Stats.QueryBufferLimitDisconnections++;
        }

        Log.Write(EngineLogLevel.Warning, $"Closing client that reached max query buffer length: id={session.Id} addr={session.RemoteAddress} qbuf={Config.ClientQueryBufferBytesMax}");
    }

    /// <summary>
    /// Cuts a client that has exceeded client-output-buffer-limit, and drops what waits for it: ten thousand such clients must not hold their
    /// memory until their connections have ended. The caller holds the turn.
    /// </summary>
    internal void CutForOutput(Session session)
    {
        session.IsClosed = true;
        session.Output.Close();
        Stats.OutputBufferLimitDisconnections++;
        session.Transport.Abort("client-output-buffer-limit");
        Threads.Post(
            _ => Log.Write(EngineLogLevel.Warning, $"Client id={session.Id} addr={session.RemoteAddress} closed for overcoming of output buffer limits."),
            null);
    }

    /// <summary>Called by every thread that clients wait for when it starts: where it runs (<c>server_cpulist</c>).</summary>
    public void PlaceThread()
    {
        try
        {
            PromptThread.ConfineTo(CpuList.Parse(Config.ServerCpuList));
        }
        catch (StorageException e)
        {
            Log.Write(EngineLogLevel.Warning, $"server_cpulist {Config.ServerCpuList} is not followed: {e.Message}");
        }
    }

    /// <summary>Forgets a client whose connection has ended.</summary>
    public void Disconnect(Session session)
    {
        lock (Turn)
        {
            session.IsClosed = true;
            Clients.Remove(session);
            ForgetListener(session);
            _scheduler.Forget(session);
            Backups.Forget(session);
        }

        session.Output.Close();
    }

    /// <summary>Monitors or trackers have come or gone. The caller holds the turn.</summary>
    internal void NoteObservers() => IsObserved = Monitors.IsOn || Tracking.IsOn;

    /// <summary>A command was executed, in a block or not. The caller holds the turn.</summary>
    internal void TellObservers(Session session, CommandEntry entry, RequestArgs args)
    {
        if (session.Tracking is not null)
        {
            Tracking.NoteRead(session, entry, args);
        }

        if (Monitors.IsOn)
        {
            Monitors.Tell(session, entry, args);
        }
    }

    /// <summary>The client is gone or starts anew: nothing is pushed to it any more. The caller holds the turn.</summary>
    internal void ForgetListener(Session session)
    {
        PubSub.Forget(session);
        EventStreams.Forget(session);
        Monitors.Forget(session);
        Tracking.Disable(session);
    }

    /// <summary>
    /// Executes the requests in <paramref name="data"/>, which begins at the start of a request. The replies leave through the session's
    /// queue, when they may. Never blocks.
    /// </summary>
    /// <param name="data">Unprocessed bytes of the client: the rest of the last call and what came since.</param>
    /// <param name="consumed">Bytes that need not be given again.</param>
    public ProcessState Process(Session session, ReadOnlySpan<byte> data, out int consumed)
    {
        RequestBatch batch = _threadBatch ??= new RequestBatch();
        consumed = 0;
        while (true)
        {
            ParserLimits limits = LimitsOf(session, out int requestsMax);
            batch.Clear();
            ReadOnlySpan<byte> rest = data[consumed..];
            ParseStatus status = session.Parser.Parse(rest, limits, requestsMax, batch, out int parsed);
            if (batch.Count == 0 && status == ParseStatus.NeedMore)
            {
                consumed += parsed;
                return ProcessState.NeedData;
            }

            int requestCount = batch.Count;
            ProcessState state = RunTurn(session, rest, batch, status, out int executed);
            if (executed < requestCount)
            {
                parsed = Rewind(session, rest, limits, executed, batch);
            }

            consumed += parsed;
            if (state != ProcessState.NeedData || (status == ParseStatus.NeedMore && executed == requestCount))
            {
                return state;
            }
        }
    }

    /// <summary>Until <see cref="EndRound"/> the turns of this thread leave the WAL writer asleep: it is woken once, for the records of all of them.</summary>
    public void BeginRound() => _inRound = true;

    /// <inheritdoc/>
    public void EndRound()
    {
        _inRound = false;
        if (_wakeDue)
        {
            _wakeDue = false;
            Commit.Wake();
        }
    }

    /// <inheritdoc/>
    public Task OpenAsync(CancellationToken cancel) => Lifetime.OpenAsync(cancel);

    /// <inheritdoc/>
    public Task StopAsync() => Lifetime.StopAsync();

    public void Dispose()
    {
        _housekeeping.Dispose();
        KeyOrder.Dispose();
        Checkpoints.Dispose();
        Commit.Dispose();
        Lifetime.Dispose();
    }

    /// <summary>Asks the host to shut the process down (SHUTDOWN).</summary>
    /// <param name="save">Whether a checkpoint is made first; null: as <c>checkpoint-on-shutdown</c> says.</param>
    internal void RequestShutdown(bool? save)
    {
        Lifetime.SaveOnStop(save);
        if (Interlocked.Exchange(ref _shutdownRequested, 1) == 0)
        {
            ShutdownRequested?.Invoke();
        }
    }

    /// <summary>Stops everything at once and for good (D3): no reply leaves after it. Any thread.</summary>
    internal void FailStop(Exception cause)
    {
        if (Interlocked.Exchange(ref _state, (int)EngineState.Failed) == (int)EngineState.Failed)
        {
            return;
        }

        Log.Write(EngineLogLevel.Warning, $"FATAL: the engine stops, nothing more is acknowledged: {cause.Message}");
        _stopped.TrySetResult(cause);
        Checkpoints.Abort();
        Threads.Post(static engine => ((RespEngine)engine!).AbortAll(), this);
    }

    /// <summary>The end of an orderly stop.</summary>
    internal void NoteStopped() => _stopped.TrySetResult(null);

    /// <summary>Ends the record that was opened outside any command. The caller holds the turn.</summary>
    internal void EndRecord() => _executor.EndRecord();

    internal bool Pauses(bool writes, long nowMillis) => _scheduler.Pauses(writes, nowMillis);

    internal void PostponeForPause(Session session) => _scheduler.PostponeForPause(session);

    internal ClientScheduler Scheduler => _scheduler;

    /// <summary>The durable or released LSN has moved; called by the writer thread after every batch.</summary>
    internal void DurableMoved()
    {
        _scheduler.DurableMoved();
        Checkpoints.DurableMoved(DurableLsn);
        KeyOrder.LsnMoved();
    }

    /// <summary>Deletes a key that a command found expired, inside the command's record. The caller holds the turn.</summary>
    internal void ExpireNow(int database, in KeyRef key, long nowMillis)
    {
        if (State != EngineState.Ready || _scheduler.Pauses(writes: true, nowMillis) || !Commit.Gate.TakesDeletion(key.Bytes.Length))
        {
            return;
        }

        if (DeleteOfItself(database, key))
        {
            Stats.ExpiredKeys++;
            if ((Notifications.Mask & KeyspaceEvents.Expired) != 0)
            {
                Notifications.Publish(KeyspaceEvents.Expired, "expired"u8, database, key.Bytes);
            }
        }
    }

    /// <summary>Something of the server's own took so long: a latency event if it was above the threshold. The caller does not hold the turn.</summary>
    internal void NoteLatency(string name, TimeSpan took)
    {
        long threshold = Config.LatencyMonitorThresholdMillis;
        if (threshold > 0 && took.TotalMilliseconds >= threshold)
        {
            RunServerTurn(nowMillis => Latency.Add(name, nowMillis / 1000, (long)took.TotalMilliseconds));
        }
    }

    /// <summary>Deletes a key that no client asked to be deleted (expiry, eviction): also the client whose turn it is has not done that.</summary>
    internal bool DeleteOfItself(int database, in KeyRef key)
    {
        Tracking.IsServersDoing = true;
        bool deleted = Mutator.Delete(database, key);
        Tracking.IsServersDoing = false;
        return deleted;
    }

    /// <summary>Runs something of the server's own (housekeeping, a suspension's end) as a turn: its records are committed like any other.</summary>
    internal void RunServerTurn(Action<long> work)
    {
        bool wake;
        List<ReplyQueue>? direct;
        List<ServedClient>? served;
        lock (Turn)
        {
            long nowMillis = NowMillis();
            work(nowMillis);
            _executor.EndRecord();
            _executor.RetryWaiting(nowMillis);
            _executor.EndServerTurn();
            served = _executor.TakeServed();
            wake = Commit.EndTurn();
            direct = Pusher.TakeDirect();
        }

        if (wake)
        {
            Commit.Wake();
        }

        ReleaseAll(direct);
        LetGo(served);
    }

    private static void ReleaseAll(List<ReplyQueue>? queues) => queues?.ForEach(static queue => queue.Release());

    /// <summary>Answers a suspended client and lets its further requests run. Any thread; nothing happens if the suspension is over already.</summary>
    internal void EndSuspension(Session session, Suspension suspension, SuspensionEnd end)
    {
        bool wake;
        bool written;
        List<ReplyQueue>? direct;
        lock (Turn)
        {
            if (!ReferenceEquals(session.Suspension, suspension) || session.IsClosed || State is EngineState.Failed or EngineState.Stopped)
            {
                return;
            }

            _scheduler.Forget(session);
            try
            {
                _executor.BeginReplies(session);
                _executor.Complete(session, suspension, end, NowMillis());
                written = _executor.EndReplies(session);
                wake = Commit.EndTurn();
                direct = Pusher.TakeDirect();
            }
            catch (Exception e)
            {
                FailStop(e);
                TurnWriter.Buffer.Clear();
                return;
            }
        }

        Leave(session, written, wake, wakesNow: true);
        ReleaseAll(direct);
        session.Transport.Resume();
    }

    private ProcessState RunTurn(Session session, ReadOnlySpan<byte> data, RequestBatch batch, ParseStatus status, out int executed)
    {
        bool written;
        bool wake;
        bool wakesNow;
        List<ReplyQueue>? direct;
        List<ServedClient>? served;
        ProcessState state;
        lock (Turn)
        {
            executed = 0;
            if (session.IsClosed || State is EngineState.Failed or EngineState.Stopped)
            {
                return ProcessState.Closing;
            }

            if (session.IsSuspended || session.IsPostponed)
            {
                return ProcessState.Waiting;
            }

            if (State == EngineState.Stopping)
            {
                return ProcessState.Closing;
            }

            try
            {
                long nowMillis = NowMillis();
                _executor.BeginReplies(session);
                executed = _executor.Execute(session, data, batch, nowMillis, out Executor.Stop stop);
                if (stop == Executor.Stop.None && status == ParseStatus.Error)
                {
                    _executor.FailRequest(session, session.Parser.ErrorText, nowMillis);
                    session.CloseAfterReplies = true;
                    stop = Executor.Stop.Closing;
                }

                written = _executor.EndReplies(session);
                served = _executor.TakeServed();
                wake = Commit.EndTurn() || _wakeDue;
                direct = Pusher.TakeDirect();
                wakesNow = !_inRound || Commit.Fill.ByteCount >= RoundRecordBytesMax;
                state = stop switch
                {
                    Executor.Stop.None or Executor.Stop.TurnFull => ProcessState.NeedData,
                    Executor.Stop.Closing => ProcessState.Closing,
                    _ => ProcessState.Waiting,
                };
            }
            catch (Exception e)
            {
                // What the turn has left behind (half a record, half a reply) must reach nobody.
                FailStop(e);
                TurnWriter.Buffer.Clear();
                return ProcessState.Closing;
            }
        }

        Leave(session, written, wake, wakesNow);
        ReleaseAll(direct);
        LetGo(served);
        if (state == ProcessState.NeedData && session.Output.PauseIfFull())
        {
            state = ProcessState.Waiting;
        }

        return state;
    }

    /// <summary>What a turn does after it has given the lock back.</summary>
    private void Leave(Session session, bool written, bool wake, bool wakesNow)
    {
        if (wake && wakesNow)
        {
            _wakeDue = false;
            Commit.Wake();
        }
        else if (wake)
        {
            _wakeDue = true;
        }

        if (written)
        {
            session.Output.FlushWritten();
        }
        else
        {
            session.Output.Release();
        }
    }

    /// <summary>The clients that waited for keys and were served in the turn that has ended: their further requests run.</summary>
    private void LetGo(List<ServedClient>? served)
    {
        if (served is null)
        {
            return;
        }

        foreach (ServedClient client in served)
        {
            Leave(client.Session, client.Written, wake: false, wakesNow: false);
            client.Session.Transport.Resume();
        }
    }

    /// <summary>Bytes that the first <paramref name="requests"/> requests take, when not all that were parsed could be executed.</summary>
    private static int Rewind(Session session, ReadOnlySpan<byte> data, in ParserLimits limits, int requests, RequestBatch batch)
    {
        session.Parser.Reset();
        batch.Clear();
        int consumed = 0;
        if (requests > 0)
        {
            session.Parser.Parse(data, limits, requests, batch, out consumed);
            session.Parser.Reset();
        }

        return consumed;
    }

    private ParserLimits LimitsOf(Session session, out int requestsMax)
    {
        if (Acl.NeedsAuthentication(session))
        {
            // AUTH changes the limits, so one at a time.
            requestsMax = 1;
            return ParserLimits.Unauthenticated;
        }

        requestsMax = TurnRequestsMax;
        return ParserLimits.Default with { BulkBytesMax = Config.ProtoMaxBulkBytes };
    }

    private void AbortAll()
    {
        Session[] sessions;
        lock (Turn)
        {
            sessions = [.. Clients.All];
        }

        foreach (Session session in sessions)
        {
            session.Transport.Abort("the engine has stopped");
        }
    }

    /// <exception cref="ConfigException">A command does not exist, or its new name is taken.</exception>
    private void RenameCommands()
    {
        foreach ((string name, string newName) in Config.RenamedCommands)
        {
            if (Commands.Rename(name, newName) is { } error)
            {
                throw new ConfigException($"rename-command: {error}");
            }
        }
    }

    /// <summary>Nothing follows a failure.</summary>
    internal void SetState(EngineState state)
    {
        int seen = Volatile.Read(ref _state);
        while (seen != (int)EngineState.Failed)
        {
            int before = Interlocked.CompareExchange(ref _state, (int)state, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
