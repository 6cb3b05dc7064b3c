using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Execution;

/// <summary>
/// The active expiry: walks the keys that have an expiry and deletes those that have run out, each deletion a record of its own.
/// </summary>
internal sealed class ExpiryCycle(RespEngine engine)
{
    /// <summary>Entries that are looked at in one turn: some tens of microseconds.</summary>
    private const int EntriesPerTurn = 64;

    /// <summary>Share of a cycle's period that it may use, as in Redis.</summary>
    private const double PeriodShare = 0.25;

    /// <summary>A walk goes on while more than this share of the entries it saw had run out.</summary>
    private const double StaleShare = 0.1;

    private readonly List<byte[]> _expired = new(EntriesPerTurn);
    private ulong[] _cursors = [];

    /// <summary>DEBUG SET-ACTIVE-EXPIRE. Guarded by the turn.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Share of the entries of the last turn that had run out.</summary>
    public double StalePortion { get; private set; }

    /// <summary>Cycles that ended because their time was over.</summary>
    public long TimeCapReached { get; private set; }

    /// <summary>Time of all cycles.</summary>
    public TimeSpan Worked { get; private set; }

    /// <summary>Runs one cycle in short turns. The caller does not hold the turn.</summary>
    public void Run(TimeSpan period)
    {
        if (_cursors.Length != engine.Databases.Count)
        {
            _cursors = new ulong[engine.Databases.Count];
        }

        long started = engine.Time.GetTimestamp();
        for (int database = 0; database < _cursors.Length; database++)
        {
            while (WalkSome(database) && engine.Time.GetElapsedTime(started) < period * Share)
            {
            }
        }

        TimeSpan took = engine.Time.GetElapsedTime(started);
        Worked += took;
        TimeCapReached += took >= period * Share ? 1 : 0;
        engine.NoteLatency("expire-cycle", took);
    }

    /// <summary>Directive <c>active-expire-effort</c>: from a quarter to half of the period.</summary>
    private double Share => PeriodShare * (1 + ((engine.Config.ActiveExpireEffort - 1) / 9.0));

    /// <summary>One turn. Returns whether it is worth going on.</summary>
    private bool WalkSome(int database)
    {
        bool more = false;
        if (Volatile.Read(ref _cursors[database]) == 0 && engine.Databases[database].ExpiryCount == 0)
        {
            return false;
        }

        engine.RunServerTurn(nowMillis =>
        {
            if (!IsActive || engine.State != EngineState.Ready || engine.Scheduler.IsPaused || engine.Commit.IsFull)
            {
                return;
            }

            Database keys = engine.Databases[database];
            _expired.Clear();
            var visitor = new Collector { Keys = keys, Expired = _expired, NowMillis = nowMillis };
            int visited = keys.VisitExpiring(ref _cursors[database], EntriesPerTurn, ref visitor);
            foreach (byte[] key in _expired)
            {
                engine.ExpireNow(database, new KeyRef(key), nowMillis);
                engine.EndRecord();
            }

            StalePortion = visited == 0 ? 0 : (double)_expired.Count / visited;
            more = _expired.Count > visited * StaleShare;
        });
        return more;
    }

    private struct Collector : IEntryVisitor
    {
        public Database Keys;
        public List<byte[]> Expired;
        public long NowMillis;

        public readonly void Visit(Entry entry)
        {
            if (Keys.ExpireAtMillis(entry) < NowMillis)
            {
                Expired.Add(Keys.Key(entry).ToArray());
            }
        }
    }
}
