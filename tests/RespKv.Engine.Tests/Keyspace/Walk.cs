using System.Text;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

/// <summary>Walks that collect the keys they see, as Latin-1 text.</summary>
internal static class Walk
{
    internal struct Collector(Database database) : IEntryVisitor
    {
        public List<string> Keys { get; } = [];

        public readonly void Visit(Entry entry) => Keys.Add(Encoding.Latin1.GetString(database.Key(entry)));
    }

    public static List<string> All(Database database, int step)
    {
        var collector = new Collector(database);
        ulong cursor = 0;
        do
        {
            cursor = database.Scan(cursor, step, ref collector);
        }
        while (cursor != 0);
        return collector.Keys;
    }

    public static List<string> Expiring(Database database, int step)
    {
        var collector = new Collector(database);
        ulong cursor = 0;
        int visited = 0;
        do
        {
            visited += database.VisitExpiring(ref cursor, step, ref collector);
        }
        while (cursor != 0);
        Assert.Equal(collector.Keys.Count, visited);
        return collector.Keys;
    }
}
