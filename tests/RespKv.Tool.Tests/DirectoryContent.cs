using System.Text;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>What a start would load from a directory, by the storage's own means: database and key to value and expiry.</summary>
internal sealed class DirectoryContent : IWalReplay
{
    private readonly Dictionary<int, SortedDictionary<string, (byte[] Value, long Expiry)>> _databases = [];

    internal long LastLsn { get; private set; }

    internal static SortedDictionary<string, string> Read(SimulatedFileSystem disk, string directory)
    {
        // A copy: a start may change things.
        SimulatedFileSystem files = disk.Kill();
        var content = new DirectoryContent();
        using ManifestStore manifest = ManifestStore.Open(files, directory);
        using TableSet tables = TableSet.Open(files, directory, manifest);
        content.Load(tables);
        var start = new WalStart(manifest.State.LogId, manifest.State.CheckpointLsn);
        var options = new WalOptions(DirectoryMaker.SegmentBytes, PrepareSpare: false);
        using WalLog log = WalLog.Open(files, directory, options, start, content, CancellationToken.None);
        return content.Text();
    }

    public void Apply(long lsn, ReadOnlySpan<byte> record)
    {
        LastLsn = lsn;
        var mutation = new MutationReader(record);
        while (mutation.Read())
        {
            Apply(mutation);
        }
    }

    public void Progress(in WalReplayProgress progress)
    {
    }

    private void Apply(in MutationReader mutation)
    {
        SortedDictionary<string, (byte[] Value, long Expiry)> database = At(mutation.Database);
        string key = Encoding.Latin1.GetString(mutation.Key);
        switch (mutation.Kind)
        {
            case MutationKind.Set:
                database[key] = (mutation.Value.ToArray(), mutation.ExpireAtMillis);
                break;
            case MutationKind.Delete:
                database.Remove(key);
                break;
            case MutationKind.WriteRange:
                (byte[] value, long expiry) = database.GetValueOrDefault(key, ([], MutationWriter.NoExpiry));
                byte[] longer = new byte[Math.Max(value.Length, mutation.Offset + mutation.Value.Length)];
                value.CopyTo(longer, 0);
                mutation.Value.CopyTo(longer.AsSpan((int)mutation.Offset));
                database[key] = (longer, expiry);
                break;
            case MutationKind.SetExpiry when database.TryGetValue(key, out (byte[] Value, long Expiry) old):
                database[key] = (old.Value, mutation.ExpireAtMillis);
                break;
            case MutationKind.PutElements:
                (value, expiry) = database.GetValueOrDefault(key, ([], MutationWriter.NoExpiry));
                database[key] = (Changed(mutation, value), expiry);
                break;
            case MutationKind.RemoveElements when database.TryGetValue(key, out (byte[] Value, long Expiry) changed):
                database[key] = (Changed(mutation, changed.Value), changed.Expiry);
                break;
            case MutationKind.ClearDatabase:
                database.Clear();
                break;
            case MutationKind.ClearAll:
                _databases.Clear();
                break;
            case MutationKind.SwapDatabases:
                (_databases[mutation.OtherDatabase], _databases[mutation.Database]) = (database, At(mutation.OtherDatabase));
                break;
            default:
                break;
        }
    }

    // As a table would have it.
    private static byte[] Changed(in MutationReader mutation, byte[] elements)
    {
        var fold = new EntryFold();
        fold.Set(mutation.Type, MutationWriter.NoExpiry, elements);
        if (mutation.Kind == MutationKind.PutElements)
        {
            fold.PutElements(mutation.Type, mutation.Value);
        }
        else
        {
            fold.RemoveElements(mutation.Type, mutation.Value);
        }

        return fold.Entry.Bytes.ToArray();
    }

    private SortedDictionary<string, (byte[] Value, long Expiry)> At(int database)
    {
        if (!_databases.TryGetValue(database, out SortedDictionary<string, (byte[] Value, long Expiry)>? keys))
        {
            keys = new SortedDictionary<string, (byte[] Value, long Expiry)>(StringComparer.Ordinal);
            _databases[database] = keys;
        }

        return keys;
    }

    private void Load(TableSet tables)
    {
        using TableSnapshot snapshot = tables.Acquire();
        Dictionary<uint, int> bySpace = snapshot.State.Spaces.ToDictionary(pair => pair.Value, pair => pair.Key);
        using var cursor = new MergeCursor(snapshot.Sources(), isBottom: true);
        for (bool more = cursor.SeekFirst(); more; more = cursor.Next())
        {
            if (bySpace.TryGetValue(TableKey.Space(cursor.Key), out int database))
            {
                string key = Encoding.Latin1.GetString(TableKey.Key(cursor.Key));
                At(database)[key] = (cursor.Entry.Bytes.ToArray(), cursor.Entry.ExpireAtMillis);
            }
        }
    }

    private SortedDictionary<string, string> Text()
    {
        var text = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((int database, SortedDictionary<string, (byte[] Value, long Expiry)> keys) in _databases)
        {
            foreach ((string key, (byte[] value, long expiry)) in keys)
            {
                text[$"{database}:{key}"] = $"{Encoding.Latin1.GetString(value)}@{expiry}";
            }
        }

        return text;
    }
}
