using RespKv.Engine.Execution;

namespace RespKv.Engine.Commands.Info;

/// <summary>INFO keyspace: a line for each database that holds keys. Counts show writes like DBSIZE does, so the reply waits for them (D1).</summary>
internal static class KeyspaceSection
{
    public static void Write(ReadContext c, InfoText text)
    {
        c.ObserveAll();
        for (int i = 0; i < c.DatabaseCount; i++)
        {
            long keys = c.KeyCount(i);
            if (keys > 0)
            {
                text.Field($"db{i}", $"keys={keys},expires={c.ExpiryCount(i)},avg_ttl=0");
            }
        }
    }
}
