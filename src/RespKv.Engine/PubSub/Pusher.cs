using System.Diagnostics;
using RespKv.Engine.Commit;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.PubSub;

/// <summary>
/// Says to clients what they did not ask for just now: messages, keyspace events, invalidations, lines of MONITOR. The one way for all of
/// them, and guarded by the turn.
///
/// Invariants:
/// - What is pushed carries the LSN of all that was appended before it, the record included in which it happened, wherever in its command or
///   block it was said (D1, D8): nobody hears of a write that a crash can undo. While a record may still be opened it carries the LSN which
///   that would get (<see cref="Settle"/> corrects it when none was).
/// - Pushes and replies of one client leave in the order in which they were said. What a command says to its own client comes
///   behind its reply, never into the middle of it.
/// - What waits for a client is bounded by client-output-buffer-limit: beyond the hard limit it is cut at once.
/// </summary>
internal sealed class Pusher(RespEngine engine)
{
    /// <summary>Messages to the client whose command is running: they follow its reply.</summary>
    private readonly ReplyBuffer _own = new();

    /// <summary>Likewise for the client that is being served in the turn of another one.</summary>
    private readonly ReplyBuffer _servedOwn = new();

    private readonly List<Session> _touched = [];
    private readonly List<IReleaser> _kicked = [];
    private List<ReplyQueue>? _direct;
    private bool _isProvisional;

    /// <summary>The client whose turn is running and whose replies are being gathered, null in turns of the server's own.</summary>
    public Session? TurnClient { get; set; }

    /// <summary>The client that waited for a key and is being served, inside the turn of whoever brought it; null otherwise.</summary>
    public Session? Served { get; set; }

    /// <summary>The client whose command is running.</summary>
    public Session? Current => Served ?? TurnClient;

    /// <summary>Something was pushed since the last <see cref="Settle"/>.</summary>
    public bool IsPending { get; private set; }

    public MessageBuilder Builder { get; } = new();

    /// <summary>Pushes what <see cref="Builder"/> holds. Returns whether the client is still there to receive it.</summary>
    public bool Push(Session target) => Push(target, Builder.Message, isPush: true);

    /// <param name="target">The client.</param>
    /// <param name="message">In RESP2.</param>
    /// <param name="isPush">An array, which is a push to a client of RESP3; otherwise it goes as it is.</param>
    public bool Push(Session target, ReadOnlySpan<byte> message, bool isPush)
    {
        if (target.IsClosed)
        {
            return false;
        }

        IsPending = true;
        byte marker = isPush && target.ProtocolVersion >= 3 ? (byte)'>' : message[0];
        if (target == TurnClient || target == Served)
        {
            PushToOwn(target, target == TurnClient ? _own : _servedOwn, marker, message[1..]);
            return true;
        }

        CommitPipeline commit = engine.Commit;
        bool mayRecord = commit.Fill.RecordOpen || Current is null or { RunsBlock: true } or { LastWrote: true };
        _isProvisional |= mayRecord;
        long lsn = mayRecord ? commit.AppendedLsn + 1 : commit.AppendedLsn;
        long heldBytes = target.Output.AppendPush(marker, message[1..], lsn, commit.Fill.FirstLsn, out long pushedBytes);
        if (!target.IsPushedTo)
        {
            target.IsPushedTo = true;
            _touched.Add(target);
        }

        if (IsTooMuch(target, heldBytes, pushedBytes))
        {
            engine.CutForOutput(target);
        }

        return true;
    }

    /// <summary>
    /// A command, a block, or a step of the server's own is over, and its record if there is one: everything that was pushed in it gets its
    /// LSN and its way out. Returns whether messages for the client itself are left, which <see cref="TakeOwn"/> gives.
    /// </summary>
    public bool Settle()
    {
        Debug.Assert(!engine.Commit.Fill.RecordOpen, "pushes are settled behind their record");
        IsPending = false;
        CommitPipeline commit = engine.Commit;
        long lsn = commit.AppendedLsn;
        bool isInFill = lsn >= commit.Fill.FirstLsn;
        foreach (Session session in _touched)
        {
            session.IsPushedTo = false;
            if (_isProvisional)
            {
                session.Output.SettleLastMark(lsn);
            }

            if (lsn > commit.ReleasedLsn)
            {
                commit.Await(session, lsn);
            }

            if (!isInFill)
            {
                // Released already, or by the writer just now.
                ReleaseSoon(session);
            }
        }

        _touched.Clear();
        _isProvisional = false;
        _kicked.ForEach(static releaser => releaser.Kick());
        _kicked.Clear();
        return _own.Length > 0;
    }

    /// <summary>Moves what was said to the client whose command has run behind its reply.</summary>
    public void TakeOwn(ReplyBuffer replies) => _own.MoveTo(replies);

    /// <summary>Likewise for a client that was served. Returns whether there was anything: it waits for all that has been appended.</summary>
    public bool TakeServedOwn(ReplyBuffer replies)
    {
        bool any = _servedOwn.Length > 0;
        _servedOwn.MoveTo(replies);
        return any;
    }

    /// <summary>Queues whose transport has nobody to release them: whoever ran the turn does it afterwards.</summary>
    public List<ReplyQueue>? TakeDirect()
    {
        List<ReplyQueue>? direct = _direct;
        _direct = null;
        return direct;
    }

    /// <summary>A client that tracks keys is a normal one, which has no limit by default; what it did not ask for has that of subscribers.</summary>
    private bool IsTooMuch(Session target, long heldBytes, long pushedBytes)
        => (target.OutputLimit(engine.Config).HardBytes is > 0 and { } hardBytesMax && heldBytes > hardBytesMax)
            || (engine.Config.OutputBufferLimits.PubSub.HardBytes is > 0 and { } pushedBytesMax && Math.Min(heldBytes, pushedBytes) > pushedBytesMax);

    private void PushToOwn(Session target, ReplyBuffer own, byte marker, ReadOnlySpan<byte> rest)
    {
        own.GetSpan(1)[0] = marker;
        own.Advance(1);
        own.Write(rest);
        if (target.OutputLimit(engine.Config).HardBytes is > 0 and { } hardBytesMax && own.Length > hardBytesMax)
        {
            engine.CutForOutput(target);
            own.Clear();
        }
    }

    private void ReleaseSoon(Session session)
    {
        if (session.Transport.Releaser is not { } releaser)
        {
            (_direct ??= []).Add(session.Output);
            return;
        }

        releaser.Add(session.Output);
        if (!_kicked.Contains(releaser))
        {
            _kicked.Add(releaser);
        }
    }
}
