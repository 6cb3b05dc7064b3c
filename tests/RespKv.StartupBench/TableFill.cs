using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;

namespace RespKv.StartupBench;

/// <summary>
/// Writes a directory with tables and an empty log behind them: what a server leaves whose last checkpoint covers everything.
/// </summary>
internal static class TableFill
{
    private const long TableBytes = 32 << 20;
    private const int BaseLevel = 7;
    private const ulong LogId = 0x5374_6172_7455_7031;
    private const long SegmentBytes = 64 << 20;

    /// <param name="directory">Created.</param>
    /// <param name="keys">All in database 0.</param>
    /// <param name="runs">1: all in the base. More: the base has most, and each of the other runs every so many of them again.</param>
    public static void Run(string directory, long keys, int runs)
    {
        var files = new PosixFileSystem();
        files.CreateDirectory(directory);
        using ManifestStore manifest = ManifestStore.Open(files, directory);
        using TableSet tables = TableSet.Open(files, directory, manifest);
        uint space = tables.State.NextSpace;
        var added = new List<TableInfo>();
        for (int run = 0; run < runs; run++)
        {
            // The base stands for the first records of the log, each run above for the next.
            long firstLsn = run == 0 ? 1 : keys + (run * keys / runs);
            long lastLsn = keys + ((run + 1) * keys / runs) - 1;
            int level = run == 0 ? BaseLevel : 0;
            int stride = run == 0 ? 1 : 4 * runs;
            AddRun(files, tables, space, new TableInfo(0, level, run + 1, firstLsn, lastLsn, 0, 0, [], []), keys, stride, added);
        }

        long checkpointLsn = added.Max(table => table.LastLsn);
        tables.Apply(new ManifestEdit
        {
            LogId = LogId,
            CheckpointLsn = checkpointLsn,
            Spaces = new Dictionary<int, uint> { [0] = space },
            Added = added,
        });
        WalLog.CreateEmpty(files, directory, new WalOptions(SegmentBytes), LogId, checkpointLsn + 1);
    }

    private static void AddRun(
        PosixFileSystem files, TableSet tables, uint space, TableInfo like, long keys, int stride, List<TableInfo> added)
    {
        Span<byte> tableKey = stackalloc byte[TableKey.SpaceBytes + DataSet.KeyBytes];
        Span<byte> key = stackalloc byte[DataSet.KeyBytes];
        Span<byte> value = stackalloc byte[DataSet.ValueBytes];
        long number = 0;
        while (number < keys)
        {
            long file = tables.AllocateFileNumber();
            using var writer = new TableWriter(files, tables.PathOf(file), like.FirstLsn, like.LastLsn, new TableOptions(), pacer: null);
            for (; number < keys && writer.FileBytes < TableBytes; number += stride)
            {
                DataSet.Key(key, number);
                DataSet.Value(value, number);
                TableKey.Write(tableKey, space, key);
                writer.Add(tableKey, new TableEntry(TableEntryKind.Value, 1, -1, value));
            }

            TableProperties properties = writer.Finish();
            added.Add(like with
            {
                Number = file,
                FileBytes = properties.FileBytes,
                Entries = properties.Entries,
                SmallestKey = properties.SmallestKey,
                LargestKey = properties.LargestKey,
            });
        }
    }
}
