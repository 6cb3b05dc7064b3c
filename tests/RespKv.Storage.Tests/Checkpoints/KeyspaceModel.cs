using System.Text;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Tests.Tables;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>
/// The databases as replay makes them, in the plainest way, to compare others with. Filled from records (it is a replay of a log
/// as well) and from tables.
/// </summary>
internal sealed class KeyspaceModel : IWalReplay
{
    private readonly Dictionary<int, Dictionary<string, Value>> _databases = [];

    internal int Count => _databases.Values.Sum(keys => keys.Count);

    /// <summary>At least what the tables need for it.</summary>
    internal long LiveBytesMax => RespKv.Storage.Checkpoints.SpaceBound.LiveBytesMax(
        Count,
        _databases.Values.Sum(keys => keys.Sum(key => (long)key.Key.Length + key.Value.Bytes.Length)));

    /// <summary>What the live tables of a state hold.</summary>
    internal static KeyspaceModel FromTables(TableSet tables)
    {
        var model = new KeyspaceModel();
        using TableSnapshot snapshot = tables.Acquire();
        Dictionary<uint, int> databases = snapshot.State.Spaces.ToDictionary(pair => pair.Value, pair => pair.Key);
        using var cursor = new MergeCursor(snapshot.Sources(), isBottom: true);
        for (bool any = cursor.SeekFirst(); any; any = cursor.Next())
        {
            TableEntry entry = cursor.Entry;
            Assert.Equal(TableEntryKind.Value, entry.Kind);
            if (databases.TryGetValue(TableKey.Space(cursor.Key), out int database))
            {
                model.At(database).Add(Name(TableKey.Key(cursor.Key)), new Value(entry.Type, entry.Bytes.ToArray(), entry.ExpireAtMillis));
            }
        }

        return model;
    }

    public void Apply(long lsn, ReadOnlySpan<byte> record) => Apply(record);

    public void Progress(in WalReplayProgress progress)
    {
    }

    internal void Apply(ReadOnlySpan<byte> record)
    {
        var mutation = new MutationReader(record);
        while (mutation.Read())
        {
            Dictionary<string, Value> keys = At(mutation.Database);
            string key = Name(mutation.Key);
            bool exists = keys.TryGetValue(key, out Value? old);
            switch (mutation.Kind)
            {
                case MutationKind.Set:
                    keys[key] = new Value(TableEntry.StringType, mutation.Value.ToArray(), mutation.ExpireAtMillis);
                    break;
                case MutationKind.WriteRange:
                    byte[] bytes = old?.Bytes ?? [];
                    int end = (int)mutation.Offset + mutation.Value.Length;
                    byte[] written = [.. bytes, .. new byte[Math.Max(0, end - bytes.Length)]];
                    mutation.Value.CopyTo(written.AsSpan((int)mutation.Offset));
                    keys[key] = new Value(TableEntry.StringType, written, old?.ExpireAtMillis ?? MutationWriter.NoExpiry);
                    break;
                case MutationKind.Delete:
                    keys.Remove(key);
                    break;
                case MutationKind.SetExpiry when exists:
                    keys[key] = old! with { ExpireAtMillis = mutation.ExpireAtMillis };
                    break;
                case MutationKind.PutElements:
                    keys[key] = new Value(mutation.Type, ElementModel.Put(old?.Bytes ?? [], mutation.Value), old?.ExpireAtMillis ?? MutationWriter.NoExpiry);
                    break;
                case MutationKind.RemoveElements when exists:
                    keys[key] = old! with { Bytes = ElementModel.Remove(old.Bytes, mutation.Value) };
                    break;
                case MutationKind.ClearDatabase:
                    keys.Clear();
                    break;
                case MutationKind.ClearAll:
                    _databases.Clear();
                    break;
                case MutationKind.SwapDatabases:
                    Dictionary<string, Value> other = At(mutation.OtherDatabase);
                    _databases[mutation.OtherDatabase] = keys;
                    _databases[mutation.Database] = other;
                    break;
            }
        }
    }

    /// <summary>Fails with the first differences.</summary>
    internal void AssertEqual(KeyspaceModel actual)
    {
        if (!IsEqual(actual))
        {
            string[] expectedLines = Lines();
            string[] actualLines = actual.Lines();
            IEnumerable<string> missing = expectedLines.Except(actualLines).Take(5).Select(line => "- " + line);
            IEnumerable<string> added = actualLines.Except(expectedLines).Take(5).Select(line => "+ " + line);
            Assert.Fail("the state differs (- expected, + actual):\n" + string.Join('\n', missing.Concat(added)));
        }
    }

    /// <summary>Type of the value and names of its elements; null when the key is not there.</summary>
    internal (byte Type, string[] Names)? Find(int database, ReadOnlySpan<byte> key)
        => At(database).TryGetValue(Name(key), out Value? value) ? (value.Type, value.Type == TableEntry.StringType ? [] : ElementModel.Names(value.Bytes)) : null;

    private static string Name(ReadOnlySpan<byte> key) => Encoding.Latin1.GetString(key);

    private bool IsEqual(KeyspaceModel other)
    {
        if (Count != other.Count)
        {
            return false;
        }

        foreach ((int database, Dictionary<string, Value> keys) in _databases)
        {
            foreach ((string key, Value value) in keys)
            {
                if (!other.At(database).TryGetValue(key, out Value? found)
                    || found.ExpireAtMillis != value.ExpireAtMillis
                    || found.Type != value.Type
                    || !found.Bytes.AsSpan().SequenceEqual(value.Bytes))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private string[] Lines() =>
    [
        .. from database in _databases
           from key in database.Value
           select $"db {database.Key} \"{Printable(key.Key)}\" expiry {key.Value.ExpireAtMillis} type {key.Value.Type} {key.Value.Bytes.Length} bytes: {Start(key.Value.Bytes)}",
    ];

    private static string Printable(string key) => string.Concat(key.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:X2}"));

    private static string Start(byte[] bytes) => Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 24)));

    private Dictionary<string, Value> At(int database)
    {
        if (!_databases.TryGetValue(database, out Dictionary<string, Value>? keys))
        {
            _databases.Add(database, keys = []);
        }

        return keys;
    }

    private sealed record Value(byte Type, byte[] Bytes, long ExpireAtMillis);
}
