using System.Globalization;
using System.Text;
using RespKv.Engine;
using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Storage.Mutations;
using RespKv.TestKit.Model;
using ValueType = RespKv.Engine.Keyspace.ValueType;

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
            if (Database.Type(entry) == ValueType.String)
            {
                string value = Encoding.Latin1.GetString(Database.StringBytes(entry, scratch));
                Dump.Load(Number, key, value, Database.ExpireAtMillis(entry));
            }
            else
            {
                Dump.Load(Number, key, Encoding.ASCII.GetString(TypeNames.Of(Database.Type(entry))), Words(entry), Database.ExpireAtMillis(entry));
            }
        }

        private readonly List<string> Words(Entry entry)
        {
            var elements = new ElementBuffer();
            CollectionCopy.Fill(elements, Database.Type(entry), Database.Collections.Read(entry));
            var words = new List<string>();
            var reader = new ElementReader(elements.Bytes);
            while (reader.Read())
            {
                switch (Database.Type(entry))
                {
                    case ValueType.List:
                        words.Add(Encoding.Latin1.GetString(reader.Value));
                        break;
                    case ValueType.Set:
                        words.Add(Encoding.Latin1.GetString(reader.Name));
                        break;
                    case ValueType.Hash:
                        words.Add(Encoding.Latin1.GetString(reader.Name));
                        words.Add(Encoding.Latin1.GetString(reader.Value));
                        break;
                    default:
                        words.Add(Encoding.Latin1.GetString(reader.Name));
                        words.Add(BitConverter.ToDouble(reader.Value).ToString("R", CultureInfo.InvariantCulture));
                        break;
                }
            }

            return words;
        }
    }
}
