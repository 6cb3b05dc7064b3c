using System.Text;
using RespKv.Engine;
using RespKv.Engine.Keyspace;
using RespKv.TestKit.Model;

namespace RespKv.Simulation;

/// <summary>What an engine holds, as a model.</summary>
internal static class KeyspaceDump
{
    public static ServerModel Of(RespEngine engine)
    {
        var dump = new ServerModel(engine.Databases.Count);
        for (int number = 0; number < engine.Databases.Count; number++)
        {
            Database database = engine.Databases[number];
            var collector = new Collector { Database = database, Number = number, Dump = dump };
            ulong cursor = 0;
            do
            {
                cursor = database.Scan(cursor, 1000, ref collector);
            }
            while (cursor != 0);
        }

        return dump;
    }

    private struct Collector : IEntryVisitor
    {
        public Database Database;
        public int Number;
        public ServerModel Dump;

        public readonly void Visit(Entry entry)
        {
            Span<byte> scratch = stackalloc byte[32];
            string key = Encoding.Latin1.GetString(Database.Key(entry));
            string value = Encoding.Latin1.GetString(Database.StringBytes(entry, scratch));
            Dump.Load(Number, key, value, Database.ExpireAtMillis(entry));
        }
    }
}
