using System.Text;
using RespKv.Engine.Commands;

namespace RespKv.Engine.PubSub;

/// <summary>Which keyspace events a stream asks for. Whatever is null asks for all of them.</summary>
public sealed class EventFilter
{
    private readonly byte[][]? _names;

    /// <param name="database">Number of a database.</param>
    /// <param name="prefix">What the key begins with.</param>
    /// <param name="pattern">A glob-style pattern for the key.</param>
    /// <param name="names">Names of events, as <c>set</c>.</param>
    public EventFilter(int? database, byte[]? prefix, byte[]? pattern, IReadOnlyList<string>? names)
    {
        Database = database;
        Prefix = prefix;
        Pattern = pattern;
        Names = names;
        _names = names?.Select(Encoding.UTF8.GetBytes).ToArray();
    }

    public int? Database { get; }

    public byte[]? Prefix { get; }

    public byte[]? Pattern { get; }

    public IReadOnlyList<string>? Names { get; }

    /// <summary>Classes of events that have to be looked for. Misses and new keys cost a lookup, so only who names them gets them.</summary>
    internal KeyspaceEvents Classes => KeyspaceEvents.All
        | (Has("new"u8) ? KeyspaceEvents.New : KeyspaceEvents.None)
        | (Has("keymiss"u8) ? KeyspaceEvents.KeyMiss : KeyspaceEvents.None);

    internal bool Takes(ReadOnlySpan<byte> name, int database, ReadOnlySpan<byte> key)
        => (Database is null || Database == database)
            && (Prefix is null || key.StartsWith(Prefix))
            && (_names is null || Has(name))
            && (Pattern is null || GlobPattern.Matches(Pattern, key));

    private bool Has(ReadOnlySpan<byte> name)
    {
        foreach (byte[] each in _names ?? [])
        {
            if (name.SequenceEqual(each))
            {
                return true;
            }
        }

        return false;
    }
}
