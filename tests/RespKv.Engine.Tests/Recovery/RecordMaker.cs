using System.Text;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Recovery;

/// <summary>Makes records of the log, as bytes.</summary>
internal static class RecordMaker
{
    private const string Directory = "/data";

    private sealed class Collector : IWalReplay
    {
        public List<byte[]> Records { get; } = [];

        public void Apply(long lsn, ReadOnlySpan<byte> record) => Records.Add(record.ToArray());

        public void Progress(in WalReplayProgress progress)
        {
        }
    }

    /// <summary>The records that these actions write, one each: they go through a log on a disk that is not one.</summary>
    public static List<byte[]> Records(IEnumerable<Action<WalBatch>> actions)
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(Directory);
        var options = new WalOptions(8 << 20);
        using (WalLog log = WalLog.Open(files, Directory, options, new Collector(), CancellationToken.None))
        {
            var batch = new WalBatch();
            batch.Reset(log.LastLsn + 1);
            foreach (Action<WalBatch> action in actions)
            {
                batch.BeginRecord();
                action(batch);
                batch.EndRecord();
            }

            log.Write(batch, log.DurableLsn);
            log.Close(log.Sync());
        }

        var collector = new Collector();
        WalLog.Open(files, Directory, options, collector, CancellationToken.None).Dispose();
        return collector.Records;
    }

    /// <summary>Records of one or a few mutations of any kind over few keys, so that they meet.</summary>
    public static List<byte[]> Random(Random random, int count, int databases, int keys)
        => Records(Enumerable.Repeat<Action<WalBatch>>(
            batch =>
            {
                for (int left = random.Next(4) == 0 ? random.Next(1, 6) : 1; left > 0; left--)
                {
                    AddRandom(batch, random, databases, keys);
                }
            },
            count));

    private static void AddRandom(WalBatch batch, Random random, int databases, int keys)
    {
        int database = random.Next(databases);
        byte[] key = Bytes($"key{random.Next(keys)}");
        switch (random.Next(1000))
        {
            case < 500:
                MutationWriter.Set(batch, database, key, Value(random), random.Next(3) == 0 ? random.Next(1000) : MutationWriter.NoExpiry);
                break;
            case < 650:
                MutationWriter.Delete(batch, database, key);
                break;
            case < 800:
                MutationWriter.SetExpiry(batch, database, key, random.Next(-1, 1000));
                break;
            case < 990:
                MutationWriter.WriteRange(batch, database, key, random.Next(40), Value(random).AsSpan(0, 1));
                break;
            case < 994:
                MutationWriter.SwapDatabases(batch, database, random.Next(databases));
                break;
            case < 998:
                MutationWriter.ClearDatabase(batch, database);
                break;
            default:
                MutationWriter.ClearAll(batch);
                break;
        }
    }

    private static byte[] Value(Random random) => random.Next(100) switch
    {
        < 30 => Bytes(random.NextInt64().ToString()),
        < 98 => Bytes(new string((char)random.Next('a', 'z'), random.Next(1, 100))),
        < 99 => Bytes(new string('L', random.Next(16_000, 40_000))),
        _ => Bytes(new string('X', 300_000)),
    };

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
