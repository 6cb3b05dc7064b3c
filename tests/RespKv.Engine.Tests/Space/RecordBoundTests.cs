using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Space;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Space;

/// <summary>No command's record is larger than was said before it ran: on that D11 stands.</summary>
public sealed class RecordBoundTests
{
    /// <summary>What a batch has before its first record; see docs/format/wal.md.</summary>
    private const int BatchHeaderBytes = 48;

    private static readonly string[] Templates =
    [
        "SET {k} {v}", "SET {k} {v} EX 1000", "SET {k} {v} PX 1", "SETNX {k} {v}", "SETEX {k} 1000 {v}", "PSETEX {k} 1 {v}", "MSET {k} {v} {k} {v} {k} {v}", "MSETNX {k} {v} {k} {v}",
        "GETSET {k} {v}", "GETDEL {k}", "GETEX {k} EX 5", "GETEX {k} PERSIST", "INCR {k}", "DECR {k}", "INCRBY {k} 9223372036854770000", "DECRBY {k} 5", "INCRBYFLOAT {k} 1e300",
        "INCRBYFLOAT {k} 0.1", "APPEND {k} {v}", "SETRANGE {k} 5 {v}", "SETRANGE {k} 70000 {v}", "RENAME {k} {k}", "RENAMENX {k} {k}", "COPY {k} {k} REPLACE", "COPY {k} {k} DB 3", "MOVE {k} 9",
        "EXPIRE {k} 1000", "PEXPIRE {k} 1", "EXPIREAT {k} 4000000000", "PEXPIREAT {k} 4000000000000", "EXPIRE {k} -1", "PERSIST {k}", "DEL {k} {k} {k}", "UNLINK {k}", "SWAPDB 0 15", "FLUSHDB", "FLUSHALL",
        "HSET {k} {v} {v} a {v}", "HMSET {k} {v} {v}", "HSETNX {k} {v} {v}", "HDEL {k} a", "HINCRBY {k} {v} 9223372036854770000", "HINCRBYFLOAT {k} {v} 1e300",
        "SADD {k} {v} a b c", "SADD {k} {v} a", "SREM {k} a b {v}", "SPOP {k}", "SPOP {k} 3", "SMOVE {k} {k} a", "SMOVE {k} {k} b", "SINTERSTORE {k} {k} {k}", "SUNIONSTORE {k} {k} {k}", "SDIFFSTORE {k} {k} {k}",
        "SORT {k} BY nosort STORE {k}",
        "LPUSH {k} {v} {v}", "RPUSH {k} {v} a b", "LPUSHX {k} {v}", "RPUSHX {k} a {v}", "LPOP {k}", "LPOP {k} 3", "RPOP {k} 2", "LSET {k} 0 {v}", "LINSERT {k} BEFORE a {v}", "LREM {k} 0 a",
        "LTRIM {k} 1 -1", "LMOVE {k} {k} LEFT RIGHT", "RPOPLPUSH {k} {k}", "LMPOP 2 {k} {k} LEFT COUNT 2",
        "ZADD z{k} 1 {v} 2 a 3 b", "ZADD z{k} CH INCR 0.1 {v}", "ZINCRBY z{k} 1.5 {v}", "ZREM z{k} a {v}", "ZREMRANGEBYRANK z{k} 0 1", "ZREMRANGEBYSCORE z{k} 1 2", "ZREMRANGEBYLEX z{k} [a (c",
        "ZPOPMIN z{k}", "ZPOPMAX z{k} 3", "ZMPOP 2 z{k} z{k} MIN COUNT 2", "ZRANGESTORE z{k} z{k} 0 -1", "ZUNIONSTORE z{k} 2 z{k} z{k}", "ZINTERSTORE z{k} 2 z{k} z{k}", "ZDIFFSTORE z{k} 2 z{k} z{k}",
        "GEOADD z{k} 13.361389 38.115556 {v} 15.087269 37.502669 a", "GEORADIUS z{k} 15 37 9000 km STORE z{k}", "GEORADIUSBYMEMBER z{k} a 9000 km STOREDIST z{k}",
        "GEOSEARCHSTORE z{k} z{k} FROMLONLAT 15 37 BYRADIUS 9000 km",
        "SETBIT {k} 77 1", "SETBIT {k} 77000 0", "BITOP OR {k} {k} {k}", "BITOP NOT {k} {k}", "BITFIELD {k} SET u8 1 200 SET i64 9000 -1 OVERFLOW SAT INCRBY i5 3 7",
        "RESTORE {k} 0 {d} REPLACE", "RESTORE {k} 1000 {d} REPLACE", "PFADD h{k} {v} {v} {v}", "PFCOUNT h{k}", "PFCOUNT h{k} h{k}", "PFMERGE h{k} h{k}", "PFDEBUG TODENSE h{k}",
    ];

    /// <summary>A command that has it asks for more room itself than its arguments say.</summary>
    private const CommandFlags AsksForRoom = CommandFlags.StoresValues | CommandFlags.MovesElement | CommandFlags.RemovesElements | CommandFlags.UnpacksArgument;

    [Fact]
    public async Task Record_of_every_command_stays_within_its_bound()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("DEBUG SET-ACTIVE-EXPIRE 0");
        var random = new Random(11);
        var seen = new HashSet<string>();
        for (int i = 0; i < 20_000; i++)
        {
            string template = Templates[random.Next(Templates.Length)];
            if (template.StartsWith("FLUSH", StringComparison.Ordinal) && random.Next(20) > 0)
            {
                continue;
            }

            string[] args = Fill(template, random);
            CommandEntry entry = host.Engine.Commands.Find(Encoding.ASCII.GetBytes(args[0]))!;
            long bound = Bound(entry, args);
            long input = RecordBound.OfInput(TestClient.Encode(args).Length);
            long before = host.Engine.Commit.Stats.Bytes;
            bool copies = args[0] is "RENAME" or "RENAMENX" or "COPY" or "MOVE";
            long copied = copies ? RecordBound.OfCopy(args[1].Length, args[2].Length, 200_000) : 0;
            copied += (entry.Flags & AsksForRoom) != 0 ? 5_000_000 : 0;

            client.Call(args);

            // A client alone makes a batch of each record; without a record there is none.
            long record = Math.Max(0, host.Engine.Commit.Stats.Bytes - before - BatchHeaderBytes);
            Assert.True(record <= bound + copied, $"{string.Join(' ', args)}: {record} bytes, bound {bound}");
            Assert.True(bound <= input, $"{string.Join(' ', args)}: bound {bound}, by its input {input}");
            if (record > 0)
            {
                seen.Add(args[0]);
            }

            if (i % 50 == 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(2));
            }
        }

        Assert.Equal(Templates.Select(t => t.Split(' ')[0]).Distinct().Order(), seen.Order());
    }

    [Fact]
    public void Inline_request_of_the_shortest_arguments_stays_within_the_bound_by_input()
    {
        const int Keys = 100;
        string line = "DEL " + string.Join(' ', Enumerable.Repeat("k", Keys)) + "\n";
        CommandEntry entry = BuiltInCommands.Create().Find("del"u8)!;

        Assert.InRange(Bound(entry, ["DEL", .. Enumerable.Repeat("k", Keys)]), 1, RecordBound.OfInput(line.Length));
    }

    [Fact]
    public void Every_command_that_writes_has_its_record_bounded_here()
    {
        string[] known = [.. Templates.Select(t => t.Split(' ')[0].ToLowerInvariant()).Distinct()];

        // Those that wait for a key log what their forms log that do not.
        string[] writing = [.. BuiltInCommands.Create().All.Where(c => c.Write is not null && !c.Has(CommandFlags.Blocking)).Select(c => c.Name)];

        Assert.Empty(writing.Except(known));
    }

    private static long Bound(CommandEntry entry, string[] args)
    {
        var batch = new RequestBatch();
        byte[] bytes = TestClient.Encode(args);
        var parser = new RequestParser();
        parser.Parse(bytes, ParserLimits.Default, 1, batch, out _);
        return RecordBound.Of(entry, batch.Get(0, bytes));
    }

    /// <summary>Serialized values: an integer, a string that is much longer than its payload, a hash.</summary>
    private static string Payload(Random random) => Encoding.Latin1.GetString(Convert.FromHexString(random.Next(3) switch
    {
        0 => "00c17fff0a001760822854808480",
        1 => "00c3093c016161e02f000161610a00a67e08b217d09780",
        _ => "101f1f0000000600816602817602816e020c01816d02f400a22f4dffffffff09ff0a00435d14104cb24e03",
    }));

    private static string[] Fill(string template, Random random)
    {
        string[] words = template.Split(' ');
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = words[i] switch
            {
                "{k}" or "h{k}" or "z{k}" => words[i][..^3] + (random.Next(4) == 0 ? "" : new string((char)('a' + random.Next(3)), random.Next(1, 4) * (random.Next(20) == 0 ? 1000 : 1))),
                "{v}" => random.Next(3) == 0 ? $"{random.Next()}" : new string('v', random.Next(random.Next(30) == 0 ? 100_000 : 300)),
                "{d}" => Payload(random),
                _ => words[i],
            };
        }

        return words;
    }
}
