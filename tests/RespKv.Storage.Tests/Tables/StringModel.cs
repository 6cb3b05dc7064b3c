using System.Text;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Tests.Tables;

/// <summary>
/// What replaying mutations one by one makes of a key, in the plainest words: the meaning that folding and merging must
/// keep (D7). Null is a key that is not there.
/// </summary>
internal sealed record StringModel(string Value, long ExpireAtMillis)
{
    internal static StringModel? WriteRange(StringModel? key, int offset, string data)
    {
        string old = key?.Value ?? "";
        string padded = old.PadRight(offset + data.Length, '\0');
        string value = padded[..offset] + data + padded[(offset + data.Length)..];
        return new StringModel(value, key?.ExpireAtMillis ?? -1);
    }

    internal static StringModel? SetExpiry(StringModel? key, long expireAtMillis)
        => key is null ? null : key with { ExpireAtMillis = expireAtMillis };

    /// <summary>What a table entry makes of the key.</summary>
    internal static StringModel? Apply(StringModel? key, TestEntry entry)
    {
        if (entry.Kind != TableEntryKind.Patch)
        {
            return entry.Kind == TableEntryKind.Tombstone ? null : new StringModel(entry.Bytes, entry.ExpireAtMillis);
        }

        var reader = new PatchReader(Encoding.Latin1.GetBytes(entry.Bytes));
        while (reader.Read())
        {
            key = reader.Kind == Storage.Mutations.MutationKind.WriteRange
                ? WriteRange(key, reader.Offset, Encoding.Latin1.GetString(reader.Data))
                : SetExpiry(key, reader.ExpireAtMillis);
        }

        return key;
    }
}
