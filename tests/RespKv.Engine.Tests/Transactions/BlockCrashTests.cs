using RespKv.Engine.Tests.Checkpoints;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Transactions;

/// <summary>D7 for blocks: after a crash a block is there whole or not at all, and whole if EXEC was answered.</summary>
public sealed class BlockCrashTests
{
    private const int Databases = 4;

    /// <summary>Checkpoints are asked for by the tests; the smallest segments, so that blocks cross their borders.</summary>
    private static readonly (string Name, string Value)[] Settings =
        [("databases", "4"), ("wal-segment-size", "64kb"), ("checkpoint-log-bytes", "0"), ("checkpoint-interval", "0")];

    [Theory]
    [InlineData(1)]
    [InlineData(3000)]
    public async Task Block_in_flight_at_a_power_cut_is_there_whole_or_not_at_all(int valueBytes)
    {
        int whole = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            var files = new SimulatedFileSystem();
            EngineHost host = await EngineHost.OpenAsync(files);
            TestClient client = host.Connect();
            Assert.Equal("OK", client.Run("MSET x old y old").Text);
            files.HoldSyncs();
            string value = new('v', valueBytes);
            Blocks.Queue(client, ["SET", "a", value], ["DEL", "x"], ["SET", "b", value], ["RENAME", "y", "c"], ["SELECT", "1"], ["SET", "d", value], ["SWAPDB", "1", "2"]);
            client.Send("EXEC");
            await files.SyncHeldAsync();
            SimulatedFileSystem crashed = files.Crash(seed);
            files.ReleaseSyncs();
            await host.DisposeAsync();

            await using EngineHost recovered = await EngineHost.OpenAsync(crashed);
            using TestClient reader = recovered.Connect();
            string[] keys = [.. EngineFacts.Dump(reader, Databases).Keys];
            bool isWhole = keys.Contains("0/a");
            Assert.Equal(isWhole ? ["0/a", "0/b", "0/c", "2/d"] : ["0/x", "0/y"], keys);
            whole += isWhole ? 1 : 0;
        }

        Assert.InRange(whole, 1, 99);
    }

    [Fact]
    public async Task Kill_after_an_answered_block_leaves_all_of_it()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        Assert.Equal(3, Blocks.Run(client, "SET a 1;FLUSHALL;MSET b 2 c 3").Items.Count);

        await using EngineHost recovered = await EngineHost.OpenAsync(files.Kill());
        using TestClient reader = recovered.Connect();
        Assert.Equal(["0/b", "0/c"], EngineFacts.Dump(reader, Databases).Keys);
        Assert.Equal(1, recovered.Engine.RecoveryReport!.Records);
    }

    /// <summary>Blocks mix what commands never mix in one record: keys, whole databases, keys again; tables are made of that and the log is read.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_blocks_survive_power_cuts_with_checkpoints_between(int seed)
    {
        var random = new Random(seed);
        var files = new SimulatedFileSystem();
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int life = 0; life < 10; life++)
        {
            EngineHost host = await EngineHost.OpenAsync(files, settings: Settings);
            using (TestClient client = host.Connect())
            {
                Assert.Equal(expected, EngineFacts.Dump(client, Databases));
                for (int block = random.Next(1, 15); block > 0; block--)
                {
                    long before = host.Engine.Commit.AppendedLsn;
                    string[][] commands = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Command(random))];
                    Blocks.Queue(client, commands);
                    Assert.Equal(commands.Length, client.Run("EXEC").Items.Count);
                    Assert.InRange(host.Engine.Commit.AppendedLsn - before, 0, 1);
                    if (random.Next(6) == 0)
                    {
                        Assert.Equal("OK", client.Run("SAVE").Text);
                    }

                    if (random.Next(4) == 0)
                    {
                        AssertInOrder(client);
                    }
                }

                expected = EngineFacts.Dump(client, Databases);
            }

            int crashSeed = random.Next();
            SimulatedFileSystem next = random.Next(3) == 0 ? files.Kill() : files.Crash(crashSeed);
            await host.DisposeAsync();
            files = next;
        }
    }

    [Fact]
    public async Task Block_whose_log_fails_is_answered_to_nobody_and_stops_the_engine()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Run("SET a old").Text);
        Blocks.Queue(client, "SET a 1;SET b 2");
        files.FailFrom(FileOperation.SyncData, 1, Storage.Files.Errno.EIO);
        client.Send("EXEC");
        await Assert.ThrowsAsync<IOException>(client.ReadAsync);

        Assert.Equal(EngineState.Failed, host.Engine.State);
        files.ClearFaults();
        await using EngineHost recovered = await EngineHost.OpenAsync(files.Crash(1));
        using TestClient reader = recovered.Connect();
        RespValue values = reader.Run("MGET a b");
        Assert.Contains((values.Items[0].Text, values.Items[1].IsNull), new[] { ("old", true), ("1", false) });
    }

    /// <summary>Reads tables and log, where KEYS looks at memory.</summary>
    private static void AssertInOrder(TestClient client)
    {
        string[] keys = [.. client.Run("KEYS *").Items.Select(k => k.Text).Order(StringComparer.Ordinal)];
        Assert.Equal(keys, client.Run("KEYRANGE - +").Items[1].Items.Select(k => k.Text));
    }

    private static string[] Command(Random random)
    {
        string key = $"k{random.Next(6)}";
        string other = $"k{random.Next(6)}";
        string database = random.Next(Databases).ToString();
        string value = new((char)('a' + random.Next(26)), random.Next(random.Next(10) == 0 ? 20_000 : 40));
        return random.Next(20) switch
        {
            0 => ["FLUSHDB"],
            1 => ["FLUSHALL"],
            2 or 3 => ["SWAPDB", random.Next(Databases).ToString(), database],
            4 or 5 => ["SELECT", database],
            6 => ["RENAME", key, other],
            7 => ["COPY", key, other, "DB", database, "REPLACE"],
            8 => ["MOVE", key, database],
            9 => ["DEL", key, other],
            10 => ["APPEND", key, value],
            11 => ["SETRANGE", key, random.Next(300).ToString(), value],
            12 => ["PEXPIREAT", key, "9000000000000"],
            13 => ["PERSIST", key],
            14 => ["GETDEL", key],
            15 => ["INCR", "n" + key],
            16 => ["MSET", key, value, other, value],
            17 => ["GET", key],
            _ => ["SET", key, value],
        };
    }
}
