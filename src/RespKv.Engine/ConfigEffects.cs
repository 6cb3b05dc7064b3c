using RespKv.Engine.Configuration;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine;

/// <summary>Brings what CONFIG SET changes to where it is not read from the configuration each time. Guarded by the turn.</summary>
internal sealed class ConfigEffects
{
    private readonly RespEngine _engine;

    public ConfigEffects(RespEngine engine)
    {
        _engine = engine;
        engine.Config.Changed += _ => ApplyAll();
    }

    public void ApplyAll()
    {
        ServerConfig config = _engine.Config;
        EncodingLimits limits = _engine.Databases.Memory.Limits;
        limits.HashEntriesMax = config.HashMaxListpackEntries;
        limits.HashValueBytesMax = config.HashMaxListpackValueBytes;
        limits.SetIntegersMax = config.SetMaxIntsetEntries;
        limits.SortedSetEntriesMax = config.ZSetMaxListpackEntries;
        limits.SortedSetMemberBytesMax = config.ZSetMaxListpackValueBytes;

        AccessCounter counter = _engine.AccessCounter;
        counter.LogFactor = config.LfuLogFactor;
        counter.DecayMinutes = config.LfuDecayMinutes;
        _engine.Databases.Memory.Counter = config.MaxMemoryPolicy.IsLfu() ? counter : null;
        MoveAccessClock(_engine.NowMillis());
        _engine.SlowLog.Trim(config.SlowLogMaxLength);
    }

    /// <summary>The clock that new keys get: the time, or the count of a key that was never used.</summary>
    public void MoveAccessClock(long nowMillis)
    {
        AccessCounter counter = _engine.AccessCounter;
        counter.SetNow(nowMillis);
        _engine.AccessClock = _engine.Databases.Memory.Counter is null ? RespEngine.AccessClockAt(nowMillis) : counter.Initial;
    }
}
