using System.Text;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Tests.Keyspace;

namespace RespKv.Engine.Tests.Recovery;

/// <summary>All that databases hold, as text that can be compared.</summary>
internal static class KeyspaceDump
{
    /// <summary>Database and key to value and expiry.</summary>
    public static SortedDictionary<string, string> Of(Databases databases)
    {
        var dump = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Span<byte> scratch = stackalloc byte[32];
        for (int number = 0; number < databases.Count; number++)
        {
            Database database = databases[number];
            foreach (string key in Walk.All(database, 100))
            {
                byte[] bytes = Encoding.Latin1.GetBytes(key);
                Entry entry = database.Find(bytes, KeyHash.Compute(bytes));
                string value = Encoding.Latin1.GetString(database.StringBytes(entry, scratch));
                dump.Add($"{number}/{key}", $"{value}@{database.ExpireAtMillis(entry)}");
            }

            Assert.Equal(database.Count, dump.Keys.Count(key => key.StartsWith($"{number}/", StringComparison.Ordinal)));
            Assert.Equal(database.ExpiryCount, Walk.Expiring(database, 100).Count);
        }

        return dump;
    }

    /// <summary>Compares two keyspaces; tells the first difference instead of two huge texts.</summary>
    public static void AssertEqual(Databases expected, Databases actual)
    {
        SortedDictionary<string, string> left = Of(expected);
        SortedDictionary<string, string> right = Of(actual);
        foreach ((string key, string value) in left)
        {
            Assert.True(right.TryGetValue(key, out string? other), $"{key} is missing");
            Assert.True(value == other, $"{key} differs");
        }

        Assert.Equal(left.Count, right.Count);
    }
}
