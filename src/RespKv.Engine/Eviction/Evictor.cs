using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;

namespace RespKv.Engine.Eviction;

/// <summary>
/// Keeps the keyspace within <c>maxmemory</c>: evicts keys as <c>maxmemory-policy</c> says, before a write and in the background. An eviction is
/// a deletion like any other: a record of its own, which replies that show it wait for (D1). Guarded by the turn.
/// </summary>
internal sealed class Evictor(RespEngine engine)
{
    /// <summary>
    /// What counts for an empty keyspace. As in Redis an empty server is not free: <c>maxmemory 1</c> refuses whatever may grow data.
    /// </summary>
    public const long BaseBytes = 1024 * 1024;

    /// <summary>Samples beyond this do not choose better, and each costs a wait for memory.</summary>
    private const int SamplesMax = 64;

    /// <summary>Evictions between two looks at the time.</summary>
    private const int EvictionsPerLook = 16;

    /// <summary>Elements of deleted collections that are freed between two looks at the time.</summary>
    private const int ReleasedElements = 4096;

    /// <summary>Share of a period that the background may use, as expiry does.</summary>
    private const double PeriodShare = 0.25;

    /// <summary>Candidates that had changed before another sample is taken: bounds the search when keys are few.</summary>
    private const int SampleRoundsMax = 32;

    private readonly EvictionPool _pool = new();
    private MaxMemoryPolicy _pooledPolicy;
    private int _nextDatabase;
    private long _exceededSince;

    /// <summary>Memory that counts against maxmemory: the keyspace's.</summary>
    public long CountedBytes => engine.Databases.Memory.UsedBytes + BaseBytes;

    /// <summary>Keys evicted since the start (or CONFIG RESETSTAT).</summary>
    public long EvictedKeys { get; private set; }

    /// <summary>How long memory has been above maxmemory without a break, 0 when it is not.</summary>
    public TimeSpan ExceededFor => _exceededSince == 0 ? TimeSpan.Zero : engine.Time.GetElapsedTime(_exceededSince);

    /// <summary>How long it has been so altogether, before that.</summary>
    public TimeSpan ExceededBefore { get; private set; }

    private bool IsAbove => engine.Config.MaxMemoryBytes != 0 && CountedBytes > engine.Config.MaxMemoryBytes;

    public void ResetStats()
    {
        EvictedKeys = 0;
        ExceededBefore = TimeSpan.Zero;
    }

    /// <summary>
    /// Evicts until memory is within its bound, or as much as a command may wait for (<c>maxmemory-eviction-tenacity</c>). False: nothing can be
    /// evicted, so what may make the data grow is refused. The caller holds the turn, and no record is open.
    /// </summary>
    public bool MakeRoom(long nowMillis)
    {
        if (!IsAbove)
        {
            NoteExceeded(false);
            return true;
        }

        if (!MayChangeKeys(nowMillis))
        {
            return true;
        }

        bool canEvict = engine.Config.MaxMemoryPolicy != MaxMemoryPolicy.NoEviction && EvictFor(TurnLimit(engine.Config.MaxMemoryEvictionTenacity));
        NoteExceeded(IsAbove);
        return canEvict;
    }

    /// <summary>Goes on with what commands have left, in short turns. The caller does not hold the turn.</summary>
    public void Run(TimeSpan period)
    {
        long started = engine.Time.GetTimestamp();
        bool more = engine.Config.MaxMemoryBytes != 0;
        while (more && engine.Time.GetElapsedTime(started) < period * PeriodShare)
        {
            more = false;
            engine.RunServerTurn(nowMillis =>
            {
                if (IsAbove && !engine.Commit.IsFull && MayChangeKeys(nowMillis) && engine.Config.MaxMemoryPolicy != MaxMemoryPolicy.NoEviction)
                {
                    more = MakeRoom(nowMillis) && IsAbove;
                }
            });
        }

        engine.NoteLatency("eviction-cycle", engine.Time.GetElapsedTime(started));
    }

    /// <summary>How long one command may evict: half a millisecond by default, as in Redis.</summary>
    internal static TimeSpan TurnLimit(int tenacity) => tenacity switch
    {
        <= 10 => TimeSpan.FromMicroseconds(50 * tenacity),
        < 100 => TimeSpan.FromMicroseconds(500 * Math.Pow(1.15, tenacity - 10)),
        _ => TimeSpan.MaxValue,
    };

    /// <summary>Not while writes are paused, nor while recovery runs.</summary>
    private bool MayChangeKeys(long nowMillis) => engine.State == EngineState.Ready && !engine.Scheduler.Pauses(writes: true, nowMillis);

    /// <summary>False: memory is still full, and no key can go.</summary>
    private bool EvictFor(TimeSpan limit)
    {
        long started = engine.Time.GetTimestamp();
        for (int evicted = 1; IsAbove; evicted++)
        {
            // What an evicted collection has left counts until it is freed.
            if (engine.Databases.ReleaseSome(ReleasedElements))
            {
                evicted += EvictionsPerLook - 1;
            }
            else if (!TryChoose(out int database, out byte[] key) || !TryEvict(database, new KeyRef(key)))
            {
                return false;
            }

            if (evicted % EvictionsPerLook == 0 && engine.Time.GetElapsedTime(started) >= limit)
            {
                return true;
            }
        }

        return true;
    }

    private bool TryEvict(int database, in KeyRef key)
    {
        if (!engine.Commit.Gate.TakesDeletion(key.Bytes.Length) || !engine.DeleteOfItself(database, key))
        {
            return false;
        }

        if ((engine.Notifications.Mask & KeyspaceEvents.Evicted) != 0)
        {
            engine.Notifications.Publish(KeyspaceEvents.Evicted, "evicted"u8, database, key.Bytes);
        }

        engine.EndRecord();
        EvictedKeys++;
        return true;
    }

    private bool TryChoose(out int database, out byte[] key)
    {
        MaxMemoryPolicy policy = engine.Config.MaxMemoryPolicy;
        if (policy is MaxMemoryPolicy.AllKeysRandom or MaxMemoryPolicy.VolatileRandom)
        {
            return TryChooseAny(policy.IsVolatile(), out database, out key);
        }

        if (_pooledPolicy != policy)
        {
            _pool.Clear();
            _pooledPolicy = policy;
        }

        for (int round = 0; round < SampleRoundsMax; round++)
        {
            if (!Sample(policy))
            {
                break;
            }

            while (_pool.TryTakeBest(out Candidate best))
            {
                Database keys = engine.Databases[best.Database];
                Entry entry = keys.Find(best.Key, KeyHash.Compute(best.Key));
                if (entry.Exists && (!policy.IsVolatile() || keys.ExpireAtMillis(entry) >= 0))
                {
                    (database, key) = (best.Database, best.Key);
                    return true;
                }
            }
        }

        (database, key) = (0, []);
        return false;
    }

    /// <summary>A key of each database in turn, so that none is emptied for the others.</summary>
    private bool TryChooseAny(bool isVolatile, out int database, out byte[] key)
    {
        for (int i = 0; i < engine.Databases.Count; i++)
        {
            database = _nextDatabase = (_nextDatabase + 1) % engine.Databases.Count;
            Database keys = engine.Databases[database];
            Entry entry = isVolatile ? keys.RandomExpiring(engine.Random) : keys.Random(engine.Random);
            if (entry.Exists)
            {
                key = keys.Key(entry).ToArray();
                return true;
            }
        }

        (database, key) = (0, []);
        return false;
    }

    /// <summary>Adds some keys of every database to the pool. False: there are none that may go.</summary>
    private bool Sample(MaxMemoryPolicy policy)
    {
        bool any = false;
        int samples = Math.Min(engine.Config.MaxMemorySamples, SamplesMax);
        for (int database = 0; database < engine.Databases.Count; database++)
        {
            Database keys = engine.Databases[database];
            if ((policy.IsVolatile() ? keys.ExpiryCount : keys.Count) == 0)
            {
                continue;
            }

            any = true;
            for (int i = 0; i < samples; i++)
            {
                Entry entry = policy.IsVolatile() ? keys.RandomExpiring(engine.Random) : keys.Random(engine.Random);
                long score = Score(policy, keys, entry);
                if (_pool.Takes(score))
                {
                    _pool.Add(new Candidate(database, keys.Key(entry).ToArray(), score));
                }
            }
        }

        return any;
    }

    private long Score(MaxMemoryPolicy policy, Database keys, Entry entry) => policy switch
    {
        MaxMemoryPolicy.VolatileTtl => long.MaxValue - keys.ExpireAtMillis(entry),
        _ when policy.IsLfu() => byte.MaxValue - engine.AccessCounter.CountOf(keys.AccessClock(entry)),
        _ => engine.IdleSeconds(keys.AccessClock(entry)),
    };

    private void NoteExceeded(bool isAbove)
    {
        if (isAbove && _exceededSince == 0)
        {
            _exceededSince = engine.Time.GetTimestamp();
        }
        else if (!isAbove && _exceededSince != 0)
        {
            ExceededBefore += ExceededFor;
            _exceededSince = 0;
        }
    }
}
