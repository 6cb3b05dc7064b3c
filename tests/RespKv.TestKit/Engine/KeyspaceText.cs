using System.Text;
using RespKv.Engine;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Storage.Mutations;
using ValueType = RespKv.Engine.Keyspace.ValueType;

namespace RespKv.TestKit.Engine;

/// <summary>
/// Every key that an engine holds, with its type, its whole value and its expiry, as text. Elements of a list are in their order, those of
/// other collections in the order of their names: how a collection is kept inside is no part of what it is.
/// </summary>
public static class KeyspaceText
{
    public static SortedDictionary<string, string> Of(RespEngine engine)
    {
        var text = new SortedDictionary<string, string>(StringComparer.Ordinal);
        lock (engine.Turn)
        {
            for (int number = 0; number < engine.Databases.Count; number++)
            {
                var collector = new Collector { Database = engine.Databases[number], Number = number, Text = text, Elements = new ElementBuffer() };
                ulong cursor = 0;
                do
                {
                    cursor = collector.Database.Scan(cursor, 1000, ref collector);
                }
                while (cursor != 0);
            }
        }

        return text;
    }

    /// <summary>One line a key.</summary>
    public static string Lines(RespEngine engine) => string.Join('\n', Of(engine).Select(pair => $"{pair.Key} {pair.Value}"));

    /// <summary>A collection's elements, names in their order.</summary>
    internal static List<(string Name, string Value)> Elements(Database database, Entry entry, ElementBuffer buffer)
    {
        buffer.Clear();
        CollectionCopy.Fill(buffer, database.Type(entry), database.Collections.Read(entry));
        var elements = new List<(string Name, string Value)>();
        var reader = new ElementReader(buffer.Bytes);
        while (reader.Read())
        {
            elements.Add((Encoding.Latin1.GetString(reader.Name), Encoding.Latin1.GetString(reader.Value)));
        }

        elements.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return elements;
    }

    private struct Collector : IEntryVisitor
    {
        public Database Database;
        public int Number;
        public SortedDictionary<string, string> Text;
        public ElementBuffer Elements;

        public readonly void Visit(Entry entry)
            => Text.Add($"{Number}/{Encoding.Latin1.GetString(Database.Key(entry))}", $"{Value(entry)} expires {Database.ExpireAtMillis(entry)}");

        private readonly string Value(Entry entry)
        {
            ValueType type = Database.Type(entry);
            if (type == ValueType.String)
            {
                Span<byte> scratch = stackalloc byte[32];
                return $"string {Encoding.Latin1.GetString(Database.StringBytes(entry, scratch))}";
            }

            IEnumerable<string> elements = from element in KeyspaceText.Elements(Database, entry, Elements)
                                           select type switch
                                           {
                                               ValueType.List => element.Value,
                                               ValueType.SortedSet => $"{element.Name}={BitConverter.ToDouble(Encoding.Latin1.GetBytes(element.Value)):R}",
                                               ValueType.Set => element.Name,
                                               _ => $"{element.Name}={element.Value}",
                                           };
            return $"{type} {string.Join(' ', elements)}";
        }
    }
}
