using RespKv.Engine.Sessions;
using RespKv.Engine.Space;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Transactions;

/// <summary>No block's record is larger than was said before it ran: on that D11 stands, since a block cannot be left half-way.</summary>
public sealed class BlockBoundTests
{
    /// <summary>What a batch has before its first record; see docs/format/wal.md.</summary>
    private const int BatchHeaderBytes = 48;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Record_of_every_block_stays_within_its_bound(int seed)
    {
        var random = new Random(seed);
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("DEBUG SET-ACTIVE-EXPIRE 0");
        long largest = 0;
        for (int round = 0; round < 600; round++)
        {
            string[][] commands = [.. Enumerable.Range(0, random.Next(1, 15)).Select(_ => Command(random))];
            Blocks.Queue(client, commands);
            long bound = BlockBound.Of(client.Session.Block!, host.Engine.Databases);
            long before = host.Engine.Commit.Stats.Bytes;

            Assert.Equal(commands.Length, client.Run("EXEC").Items.Count);

            // A client alone makes a batch of each record; without a record there is none.
            long record = Math.Max(0, host.Engine.Commit.Stats.Bytes - before - BatchHeaderBytes);
            Assert.True(record <= bound, $"{record} bytes, bound {bound}: {string.Join("; ", commands.Select(c => string.Join(' ', c.Select(a => a.Length > 20 ? $"({a.Length})" : a))))}");
            largest = Math.Max(largest, record);
            time.Advance(TimeSpan.FromMilliseconds(random.Next(3)));
        }

        Assert.True(largest > 100_000);
    }

    [Fact]
    public async Task Block_without_copies_is_bounded_by_the_sum_of_its_commands()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Call("SET", "k", new string('v', 100_000));
        Blocks.Queue(client, "APPEND k x;GET k;DEL k");

        long bound = BlockBound.Of(client.Session.Block!, host.Engine.Databases);

        Assert.Equal(client.Session.Block!.RecordBytes, bound);
        Assert.InRange(bound, 1, 7_000);
    }

    [Fact]
    public async Task Copy_counts_the_value_that_its_source_may_have_by_then_and_no_other()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Call("SET", "k", new string('v', 100_000));
        client.Call("SET", "other", new string('v', 900_000));

        Assert.InRange(Bound("RENAME k a;RENAME a b"), 200_000, 210_000);
        Assert.InRange(Bound("COPY missing a"), 0, 10_000);
        Assert.InRange(Bound("SELECT 3;COPY k a"), 100_000, 110_000);
        Assert.InRange(Bound("SETRANGE missing 50000 x;MOVE missing 1"), 50_000, 65_000);
        Assert.InRange(Bound("SETBIT missing 400000 1;MOVE missing 1"), 50_000, 65_000);
        Assert.InRange(Bound("BITFIELD missing SET u8 #50000 1;MOVE missing 1"), 50_000, 65_000);

        long Bound(string commands)
        {
            Blocks.Queue(client, commands);
            long bound = BlockBound.Of(client.Session.Block!, host.Engine.Databases);
            client.Run("DISCARD");
            return bound;
        }
    }

    [Fact]
    public async Task What_is_made_of_values_counts_all_of_them_once_and_its_destination_has_them_then()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Call("SET", "a", new string('v', 100_000));
        client.Call("SET", "b", new string('w', 50_000));

        Assert.InRange(Bound("BITOP OR c a b"), 150_000, 180_000);
        Assert.InRange(Bound("BITOP OR c a a a b"), 150_000, 180_000);
        Assert.InRange(Bound("BITOP OR c a b;RENAME c d;COPY d e"), 450_000, 600_000);
        Assert.InRange(Bound(string.Join(';', Enumerable.Repeat("BITOP OR c a b c", 20))), 20 * 150_000, 20 * 21 * 180_000);
        Assert.InRange(Bound("BITOP OR c missing"), 0, 30_000);

        long Bound(string commands)
        {
            Blocks.Queue(client, commands);
            long bound = BlockBound.Of(client.Session.Block!, host.Engine.Databases);
            client.Run("DISCARD");
            return bound;
        }
    }

    [Fact]
    public async Task Elements_that_are_taken_count_as_many_as_are_asked_for()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        string[] members = [.. Enumerable.Range(0, 1000).Select(i => $"{i:0000}" + new string('m', 96))];
        client.Call(["SADD", "s", .. members]);

        Assert.InRange(Bound("SPOP s"), 100, 500);
        Assert.InRange(Bound("SPOP s 10"), 1_000, 3_000);
        Assert.InRange(Bound("SPOP s 2000"), 100_000, 120_000);
        Assert.InRange(Bound(string.Join(';', Enumerable.Repeat("SPOP s", 100))), 10_000, 40_000);
        Assert.InRange(Bound("SMOVE s t x"), 100, 600);
        Assert.InRange(Bound("SUNIONSTORE t s;SPOP t 2000"), 200_000, 270_000);
        Assert.InRange(Bound("SPOP missing 2000"), 0, 500);

        long Bound(string commands)
        {
            Blocks.Queue(client, commands);
            long bound = BlockBound.Of(client.Session.Block!, host.Engine.Databases);
            client.Run("DISCARD");
            return bound;
        }
    }

    private static string[] Command(Random random)
    {
        string key = Key(random);
        string other = Key(random);
        string value = new((char)('a' + random.Next(26)), random.Next(random.Next(15) == 0 ? 60_000 : 60));
        return random.Next(60) switch
        {
            0 => ["SELECT", $"{random.Next(4)}"],
            1 => ["SWAPDB", $"{random.Next(4)}", $"{random.Next(4)}"],
            2 => ["FLUSHDB"],
            3 or 4 => ["RENAME", key, other],
            5 => ["RENAMENX", key, other],
            6 or 7 => ["COPY", key, other, "DB", $"{random.Next(4)}", "REPLACE"],
            8 or 9 => ["MOVE", key, $"{random.Next(4)}"],
            10 => ["DEL", key, other],
            11 or 12 => ["APPEND", key, value],
            13 => ["SETRANGE", key, $"{random.Next(random.Next(8) == 0 ? 90_000 : 100)}", value],
            14 => ["INCR", key],
            15 => ["INCRBYFLOAT", key, "1e300"],
            16 => ["PSETEX", key, $"{random.Next(1, 4)}", value],
            17 => ["PEXPIRE", key, $"{random.Next(4)}"],
            18 => ["GETSET", key, value],
            19 => ["MSET", key, value, other, value],
            20 => ["MSETNX", key, value, other, value],
            21 => ["GET", key],
            22 => ["EXISTS", key, other],
            23 => ["GETEX", key, "PX", "2"],
            25 or 26 => ["BITOP", random.Next(2) == 0 ? "OR" : "AND", Key(random), key, other],
            27 => ["SETBIT", key, $"{random.Next(random.Next(8) == 0 ? 900_000 : 100)}", "1"],
            28 => ["BITFIELD", key, "SET", "u8", $"#{random.Next(random.Next(8) == 0 ? 90_000 : 100)}", "7", "INCRBY", "i64", "3", "5"],
            29 or 30 => ["PFADD", "h" + key, value, other, "x"],
            31 => ["PFMERGE", "h" + key, "h" + other],
            32 => ["PFCOUNT", "h" + key],
            33 or 34 => ["HSET", key, other, value, value, other],
            35 => ["HINCRBYFLOAT", key, other, "1e300"],
            36 => ["HDEL", key, other, value],
            37 or 38 => ["SADD", key, value, other, "x", "y", $"{random.Next(9)}"],
            39 => ["SPOP", key],
            40 => ["SPOP", key, $"{random.Next(9)}"],
            41 => ["SREM", key, "x", value],
            42 => ["SMOVE", key, other, random.Next(2) == 0 ? "x" : "y"],
            43 => [random.Next(2) == 0 ? "SUNIONSTORE" : "SINTERSTORE", Key(random), key, other],
            44 => ["SORT", key, "BY", "nosort", "STORE", other],
            45 or 46 => ["RPUSH", key, value, other],
            47 => ["LPOP", key, $"{random.Next(9)}"],
            48 => ["LMOVE", key, other, "LEFT", "RIGHT"],
            49 or 50 => ["ZADD", "z" + key, "1", value, "2", other, "3", "x"],
            51 => ["ZINCRBY", "z" + key, "0.1", value],
            52 => ["ZPOPMIN", "z" + key, $"{random.Next(9)}"],
            53 => [random.Next(2) == 0 ? "ZREMRANGEBYSCORE" : "ZREMRANGEBYRANK", "z" + key, "0", "1"],
            54 => ["ZUNIONSTORE", "z" + other, "2", "z" + key, key],
            55 => ["ZRANGESTORE", "z" + other, "z" + key, "0", "-1"],
            56 => ["ZMPOP", "2", "z" + key, "z" + other, "MAX", "COUNT", "5"],
            57 => ["GEOADD", "z" + key, "1", "2", value],
            58 => ["GEOSEARCHSTORE", "z" + other, "z" + key, "FROMLONLAT", "1", "1", "BYRADIUS", "20000", "km"],
            24 => ["INCRBY", "n" + key, "9223372036854775000"],
            _ => ["SET", key, value],
        };
    }

    private static string Key(Random random) => random.Next(4) == 0 ? "" : new string((char)('a' + random.Next(5)), random.Next(1, random.Next(10) == 0 ? 300 : 3));
}
