using RespKv.Engine.Recovery;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Recovery;

/// <summary>An engine on a directory whose data is all in tables.</summary>
public class TableStartTests
{
    private const string Directory = "/data";
    private const ulong LogId = 77;
    private const int Keys = 5_000;

    /// <summary>Two databases with the same keys; only the second one's expire.</summary>
    private static SimulatedFileSystem NewDirectory(out string tablePath)
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Directory);
        using ManifestStore manifest = ManifestStore.Open(files, Directory);
        using TableSet tables = TableSet.Open(files, Directory, manifest);
        uint space = tables.State.NextSpace;
        long number = tables.AllocateFileNumber();
        tablePath = tables.PathOf(number);
        TableProperties properties;
        using (var writer = new TableWriter(files, tablePath, 1, 2 * Keys, new TableOptions(), pacer: null))
        {
            for (int i = 0; i < 2 * Keys; i++)
            {
                byte[] key = RecordMaker.Bytes($"key{i % Keys:D5}");
                byte[] tableKey = new byte[TableKey.SpaceBytes + key.Length];
                TableKey.Write(tableKey, space + (uint)(i / Keys), key);
                writer.Add(tableKey, new TableEntry(TableEntryKind.Value, 1, i < Keys ? -1 : 1L << 42, RecordMaker.Bytes($"value {i}")));
            }

            properties = writer.Finish();
        }

        tables.Apply(new ManifestEdit
        {
            LogId = LogId,
            CheckpointLsn = 2 * Keys,
            Spaces = new Dictionary<int, uint> { [0] = space, [3] = space + 1 },
            Added =
            [
                new TableInfo(
                    number, Level: 7, Run: 1, 1, 2 * Keys, properties.FileBytes, properties.Entries, properties.SmallestKey, properties.LargestKey),
            ],
        });
        WalLog.CreateEmpty(files, Directory, new WalOptions(1 << 20), LogId, (2 * Keys) + 1);
        return files;
    }

    [Fact]
    public async Task Keys_of_tables_are_served_and_what_is_written_goes_behind_them()
    {
        SimulatedFileSystem files = NewDirectory(out _);
        for (int life = 0; life < 2; life++)
        {
            await using EngineHost host = await EngineHost.OpenAsync(files);
            using TestClient client = host.Connect();
            Assert.Equal(Keys, client.Run("DBSIZE").Integer);
            Assert.Equal(life == 0 ? "value 0" : "new", client.Run("GET key00000").Text);
            Assert.Equal("OK", client.Run("SET key00000 new").Text);
            client.Run("SELECT 3");
            Assert.Equal(Keys, client.Run("DBSIZE").Integer);
            Assert.Equal($"value {Keys + 42}", client.Run("GET key00042").Text);
            Assert.Equal(1L << 42, client.Run("PEXPIRETIME key00042").Integer);
            Assert.Contains(host.Log.Lines, line => line.Line.StartsWith($"Recovery: {2 * Keys} keys from 1 tables", StringComparison.Ordinal));
            Assert.Equal(RecoveryPhase.Done, host.Engine.RecoveryProgress.Phase);
            Assert.InRange(host.Engine.RecoveryProgress.BytesDone, 1, host.Engine.RecoveryProgress.BytesTotal);
        }
    }

    [Fact]
    public async Task Damaged_table_keeps_the_engine_from_starting_and_stays_as_it_is()
    {
        SimulatedFileSystem files = NewDirectory(out string tablePath);
        files.FlipBit(tablePath, offset: 1_000);
        byte[] damaged = files.ReadFile(tablePath);
        EngineHost host = EngineHost.Create(files);
        TableCorruptionException corrupt = await Assert.ThrowsAsync<TableCorruptionException>(() => host.Engine.OpenAsync(CancellationToken.None));
        Assert.Equal(tablePath, corrupt.File);
        Assert.NotEqual(EngineState.Ready, host.Engine.State);
        Assert.Equal(0, host.Engine.Databases[0].Count);
        await host.DisposeAsync();
        Assert.Equal(damaged, files.ReadFile(tablePath));
    }
}
