using System.Buffers;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.KeyOrder;

/// <summary>
/// One KEYRANGE from its request to its reply. In rounds: a turn in which new keys begin to be noted, a walk in the background, a turn in
/// which what was found and what was noted is looked up in the live keyspace. That turn's look is the whole reply, so it shows the
/// database at one LSN. When it cannot see all of the stretch that was walked, or sees too little, the next round begins in it.
/// Guarded by the turn.
/// </summary>
internal sealed class KeyRangeCall
{
    /// <summary>LIMIT, at most: one turn's worth of look-ups.</summary>
    public const int LimitMax = 5_000;

    /// <summary>LIMIT when none is given.</summary>
    public const int LimitDefault = 1_000;

    /// <summary>Bytes of keys and values in one reply, as much as a turn may write. A single larger element is one more.</summary>
    public const int ReplyBytesMax = ReplyQueue.HeldBytesPause;

    /// <summary>Keys looked up in one turn because of a walk: room for as many again that have been deleted meanwhile.</summary>
    private const int CandidatesMax = 2 * LimitMax;

    /// <summary>New keys that are sorted and looked up in the replying turn; with more, a further round leaves fewer.</summary>
    private const int NotedMax = 4_096;

    /// <summary>Rounds, then the reply is what can be said; the cursor tells where to go on.</summary>
    private const int RoundsMax = 6;

    /// <summary>How soon to look again whether clients run (CLIENT PAUSE, a reload).</summary>
    private const long PauseLookMillis = 10;

    private readonly KeyRange _range;
    private readonly int _limit;
    private readonly bool _withValues;
    private KeyGather? _gather;
    private CaptureMark _mark;
    private int _rounds;
    private int _candidatesMax;

    /// <param name="range">Not empty.</param>
    /// <param name="limit">1 to <see cref="LimitMax"/>.</param>
    /// <param name="withValues">Whether values are asked for.</param>
    public KeyRangeCall(KeyRange range, int limit, bool withValues)
    {
        _range = range;
        _limit = limit;
        _withValues = withValues;
        _candidatesMax = limit + (limit / 4) + 64;
    }

    /// <summary>Begins a round. To be the last thing that a handler does.</summary>
    public void Begin(ReadContext c)
    {
        _rounds++;
        KeyOrderService order = c.Engine.KeyOrder;
        _mark = order.Begin();
        _gather = new KeyGather
        {
            Range = _range,
            Database = c.Database,
            Lsn = c.Engine.Commit.AppendedLsn,
            NowMillis = c.NowMillis,
            KeysMax = Math.Min(_candidatesMax, CandidatesMax),
        };
        c.Suspend(new Suspension(Complete, Work: order.GatherAsync(_gather)));
    }

    private void Complete(ReadContext c, SuspensionEnd end)
    {
        long replyStart = c.Reply.Buffer.Length;
        try
        {
            Answer(c);
        }
        catch (Exception e)
        {
            // Nothing was changed, so the command can be refused like any other.
            c.Reply.Buffer.Truncate(replyStart);
            c.Fail("ERR internal error, see the server's log");
            c.Engine.Log.Write(EngineLogLevel.Warning, $"Command 'keyrange' failed: {e}");
        }
    }

    private void Answer(ReadContext c)
    {
        if (c.Engine.Pauses(writes: false, c.NowMillis))
        {
            // Clients wait, and so does this one: a reload may be rebuilding the keyspace at this moment.
            c.Suspend(new Suspension(Complete, c.NowMillis + PauseLookMillis));
            return;
        }

        if (_gather!.Error is { } error)
        {
            c.Fail(error);
            return;
        }

        KeyCapture capture = c.Engine.Mutator.Capture;
        bool isLast = _rounds >= RoundsMax;
        bool isWhole = _gather.Result is not null && capture.IsUnbroken(_mark);
        if ((!isWhole || capture.CountSince(_mark) > NotedMax) && !isLast)
        {
            Begin(c);
            return;
        }

        // The reply depends on every key of the range, those that are not there included (D1).
        c.ObserveAll();
        if (c.KeyCount(c.Database) == 0)
        {
            KeyRangeReply.Empty(c);
            return;
        }

        if (!isWhole)
        {
            KeyRangeReply.Nothing(c, _range.Start);
            return;
        }

        Reply(c, _gather.Result!, isLast);
    }

    private void Reply(ReadContext c, KeyWalkResult walk, bool isLast)
    {
        KeyList noted = Noted(c.Database, walk);
        Entry[] found = ArrayPool<Entry>.Shared.Rent(Math.Min(_limit, walk.Keys.Count + noted.Count));
        try
        {
            KeyRangePage page = Look(c, new KeyMerge(walk.Keys, noted, _range), found);
            bool isShort = page.IsExhausted && walk.End == KeyWalkEnd.Enough && page.Count < _limit;
            if (isShort && !isLast && _candidatesMax < CandidatesMax)
            {
                _candidatesMax *= 2;
                Begin(c);
                return;
            }

            ReadOnlySpan<byte> goOnBehind = page.IsExhausted ? walk.Frontier : page.Last;
            bool isEnd = page.IsExhausted && walk.End == KeyWalkEnd.RangeEnd;
            KeyRangeReply.Write(c, found.AsSpan(0, page.Count), _withValues, isEnd, goOnBehind);
        }
        finally
        {
            ArrayPool<Entry>.Shared.Return(found);
        }
    }

    /// <summary>Looks keys up in the live keyspace until there are enough. Expired ones are passed over and left to the expiry cycle.</summary>
    private KeyRangePage Look(ReadContext c, KeyMerge keys, Entry[] found)
    {
        Database database = c.Engine.Databases[c.Database];
        int count = 0;
        long bytes = 0;
        while (keys.MoveNext())
        {
            Entry entry = database.Find(keys.Current, KeyHash.Compute(keys.Current));
            if (!entry.Exists || c.IsExpired(entry))
            {
                continue;
            }

            found[count++] = entry;
            bytes += keys.Current.Length + (_withValues ? KeyRangeReply.ValueBytes(c, entry) : 0);
            if (count == _limit || bytes >= ReplyBytesMax)
            {
                return new KeyRangePage(count, keys.Current, isExhausted: !keys.HasMore);
            }
        }

        return new KeyRangePage(count, default, isExhausted: true);
    }

    /// <summary>What came into being since the round began, as far as the walk went.</summary>
    private KeyList Noted(int database, KeyWalkResult walk)
    {
        var noted = new KeyList();
        int offset = _mark.Offset;
        for (CaptureChunk? chunk = _mark.Chunk; chunk is not null; chunk = chunk.Next)
        {
            while (chunk.Read(ref offset, out int keyDatabase, out ReadOnlySpan<byte> key))
            {
                bool isWalked = walk.End == KeyWalkEnd.RangeEnd || _range.Compare(key, walk.Frontier) <= 0;
                if (keyDatabase == database && isWalked && _range.Contains(key))
                {
                    noted.Add(key);
                }
            }

            offset = 0;
        }

        return noted;
    }

    /// <summary>What goes into a reply.</summary>
    private readonly ref struct KeyRangePage(int count, ReadOnlySpan<byte> last, bool isExhausted)
    {
        /// <summary>Keys for the reply.</summary>
        public readonly int Count = count;

        /// <summary>The last key that was looked at, when there are more.</summary>
        public readonly ReadOnlySpan<byte> Last = last;

        /// <summary>All that was found and noted was looked at.</summary>
        public readonly bool IsExhausted = isExhausted;
    }
}
