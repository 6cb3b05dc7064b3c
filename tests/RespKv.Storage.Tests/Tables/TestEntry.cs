using System.Text;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Tests.Tables;

/// <summary>An entry with its key that can be kept, compared and printed.</summary>
internal sealed record TestEntry(string Key, TableEntryKind Kind, byte Type, long ExpireAtMillis, string Bytes)
{
    /// <summary>One character of a key or value here is one byte.</summary>
    internal byte[] KeyBytes => Encoding.Latin1.GetBytes(Key);

    internal static TestEntry Value(string key, string value, long expireAtMillis = -1)
        => new(key, TableEntryKind.Value, TableEntry.StringType, expireAtMillis, value);

    internal static TestEntry Tombstone(string key) => new(key, TableEntryKind.Tombstone, 0, -1, "");

    internal static TestEntry Patch(string key, byte[] patch) => new(key, TableEntryKind.Patch, 0, -1, Encoding.Latin1.GetString(patch));

    internal static TestEntry Of(ReadOnlySpan<byte> key, in TableEntry entry)
        => new(Encoding.Latin1.GetString(key), entry.Kind, entry.Type, entry.ExpireAtMillis, Encoding.Latin1.GetString(entry.Bytes));

    internal static TestEntry Of(TableCursor cursor) => Of(cursor.Key, cursor.Entry);

    internal static TestEntry Of(MergeCursor cursor) => Of(cursor.Key, cursor.Entry);

    internal void AddTo(TableWriter writer)
        => writer.Add(KeyBytes, new TableEntry(Kind, Type, ExpireAtMillis, Encoding.Latin1.GetBytes(Bytes)));
}
