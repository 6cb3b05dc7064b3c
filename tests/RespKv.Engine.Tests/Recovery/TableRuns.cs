using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Recovery;

/// <summary>
/// Random tables beside the databases that they stand for. Every epoch changes keys at random; what it changed becomes one run
/// of tables, as a checkpoint would write it, and is applied to the model, as the log would.
/// </summary>
internal sealed class TableRuns(Random random, IReadOnlyDictionary<int, uint> spaces, int databases) : IDisposable
{
    private const string Directory = "/data";

    /// <summary>A space that no database has any more.</summary>
    public const uint DeadSpace = 5;

    private static readonly TableOptions SmallBlocks = new(BlockBytes: 512, RestartInterval: 4);

    private readonly List<MergeSource> _sources = [];
    private int _files;
    private long _lsn;

    public SimulatedFileSystem Files { get; } = NewDisk();

    public Databases Model { get; } = new(databases);

    public IReadOnlyList<MergeSource> Sources => _sources;

    public IReadOnlyDictionary<int, uint> Spaces => spaces;

    public static string PathOf(int number) => $"{Directory}/table-{number:D10}.tbl";

    /// <summary>Adds a run.</summary>
    /// <param name="changes">How many.</param>
    /// <param name="keys">How many different keys a database has.</param>
    /// <param name="entriesPerTable">Where the run is cut.</param>
    public void AddEpoch(int changes, int keys, int entriesPerTable)
    {
        var folds = new SortedDictionary<byte[], EntryFold>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        int[] numbers = [.. spaces.Keys];
        for (int i = 0; i < changes; i++)
        {
            int database = numbers[random.Next(numbers.Length)];
            byte[] key = RecordMaker.Bytes($"key{random.Next(keys)}");
            Change(FoldOf(folds, spaces[database], key), Model[database], key, KeyHash.Compute(key));
        }

        FoldOf(folds, DeadSpace, RecordMaker.Bytes($"dead{_lsn}")).Set(1, -1, "dead"u8);
        Write([.. folds], _lsn + 1, _lsn + changes, entriesPerTable);
        _lsn += changes;
    }

    /// <summary>Adds a table of its own with one entry.</summary>
    public void AddSingle(uint space, string key, byte type, string value)
    {
        byte[] tableKey = new byte[TableKey.SpaceBytes + key.Length];
        TableKey.Write(tableKey, space, RecordMaker.Bytes(key));
        var fold = new EntryFold();
        fold.Set(type, -1, RecordMaker.Bytes(value));
        Write([KeyValuePair.Create(tableKey, fold)], _lsn + 1, _lsn + 1, 1);
        _lsn++;
    }

    public void Dispose()
    {
        foreach (MergeSource source in _sources)
        {
            source.Table.Dispose();
        }
    }

    private static SimulatedFileSystem NewDisk()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Directory);
        return files;
    }

    private static EntryFold FoldOf(SortedDictionary<byte[], EntryFold> folds, uint space, byte[] key)
    {
        byte[] tableKey = new byte[TableKey.SpaceBytes + key.Length];
        TableKey.Write(tableKey, space, key);
        if (!folds.TryGetValue(tableKey, out EntryFold? fold))
        {
            fold = folds[tableKey] = new EntryFold();
        }

        return fold;
    }

    private void Change(EntryFold fold, Database model, byte[] key, ulong hash)
    {
        long expireAtMillis = random.Next(3) == 0 ? random.NextInt64(1L << 50) : -1;
        byte[] value = Value();
        switch (random.Next(10))
        {
            case < 6:
                fold.Set(1, expireAtMillis, value);
                model.SetString(key, hash, value, expireAtMillis);
                break;
            case < 8:
                fold.Delete();
                model.Delete(key, hash);
                break;
            case < 9:
                int offset = random.Next(30);
                fold.WriteRange(offset, value);
                model.WriteRange(key, hash, offset, value);
                break;
            default:
                fold.SetExpiry(expireAtMillis);
                model.SetExpiry(key, hash, expireAtMillis);
                break;
        }
    }

    private byte[] Value() => random.Next(200) switch
    {
        < 60 => RecordMaker.Bytes(random.NextInt64(long.MinValue, long.MaxValue).ToString()),
        < 61 => RecordMaker.Bytes(new string('X', random.Next(16_000, 70_000))),
        < 70 => [],
        _ => RecordMaker.Bytes(new string((char)random.Next('a', 'z'), random.Next(1, 200))),
    };

    private void Write(KeyValuePair<byte[], EntryFold>[] entries, long firstLsn, long lastLsn, int entriesPerTable)
    {
        foreach (KeyValuePair<byte[], EntryFold>[] part in entries.Chunk(entriesPerTable))
        {
            string path = PathOf(++_files);
            using (var writer = new TableWriter(Files, path, firstLsn, lastLsn, SmallBlocks, pacer: null))
            {
                foreach ((byte[] tableKey, EntryFold fold) in part)
                {
                    if (fold.HasEntry)
                    {
                        writer.Add(tableKey, fold.Entry);
                    }
                }

                writer.Finish();
            }

            _sources.Add(new MergeSource(TableReader.Open(Files, path), firstLsn, lastLsn));
        }
    }
}
