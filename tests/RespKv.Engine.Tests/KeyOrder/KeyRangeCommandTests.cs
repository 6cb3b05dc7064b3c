using System.Globalization;
using RespKv.Engine.KeyOrder;
using RespKv.Engine.Tests.Commands;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.KeyOrder;

/// <summary>KEYRANGE through an engine; what it says of arguments and states is in testdata/commands/keyrange.txt.</summary>
public sealed class KeyRangeCommandTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(7, true)]
    [InlineData(1000, false)]
    [InlineData(1000, true)]
    public async Task Cursors_walk_every_key_exactly_once(int limit, bool isReverse)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        string[] keys = [.. Enumerable.Range(0, 300).Select(i => $"key:{i * 7919 % 1000}").Distinct()];
        SetAll(client, keys[..100]);
        client.Run("SAVE");
        SetAll(client, keys[100..200]);
        client.Run("SAVE");
        SetAll(client, keys[200..]);

        IEnumerable<string> expected = keys.Order(StringComparer.Ordinal);
        Assert.Equal(isReverse ? expected.Reverse() : expected, WalkAll(client, isReverse, limit));
    }

    [Fact]
    public async Task A_limit_above_the_bound_means_the_bound()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        SetAll(client, [.. Enumerable.Range(0, KeyRangeCall.LimitMax + 10).Select(i => $"{i:d6}")]);

        RespValue reply = client.Run("KEYRANGE - + LIMIT 9223372036854775807");
        Assert.Equal(KeyRangeCall.LimitMax, reply.Items[1].Items.Count);
        Assert.Equal($"({KeyRangeCall.LimitMax - 1:d6}", reply.Items[0].Text);
        Assert.Equal(KeyRangeCall.LimitDefault, client.Run("KEYRANGE - +").Items[1].Items.Count);
    }

    [Fact]
    public async Task A_reply_ends_where_it_grows_too_large()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        string value = new('x', KeyRangeCall.ReplyBytesMax / 3);
        string[] keys = ["a", "b", "c", "d", "e", "f", "g"];
        foreach (string key in keys)
        {
            client.Call("SET", key, value);
        }

        RespValue reply = client.Run("KEYRANGE - + WITHVALUES");
        Assert.Equal("(c", reply.Items[0].Text);
        Assert.Equal(6, reply.Items[1].Items.Count);
        client.Run("SAVE");
        reply = client.Run("KEYRANGE (f + WITHVALUES");
        Assert.Equal("0", reply.Items[0].Text);
        Assert.Equal(value, reply.Items[1].Items[1].Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_commands_with_checkpoints_between_give_what_keys_gives(int seed)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("databases", "3"));
        using TestClient client = host.Connect();
        var random = new Random(seed);
        for (int round = 0; round < 150; round++)
        {
            for (int i = random.Next(20); i > 0; i--)
            {
                client.Call(RandomCommand(random));
            }

            if (random.Next(6) == 0)
            {
                client.Run("SAVE");
            }

            KeyRange range = OrderedModel.RandomRange(random);
            string[] expected = OrderedModel.Walk(client.Call("KEYS", "*").Items.Select(Latin1), range);
            Assert.Equal(expected, Walk(client, Argument(range.Start), Argument(range.IsReverse ? range.Low : range.High), range.IsReverse, 1 + random.Next(20)));
        }
    }

    [Fact]
    public async Task Keys_that_are_renamed_meanwhile_are_shown_under_exactly_one_name()
    {
        const int Keys = 40;
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient renamer = host.Connect();
        using TestClient reader = host.Connect();
        using TestClient saver = host.Connect();
        SetAll(renamer, [.. Enumerable.Range(0, Keys).Select(i => $"a:{i}")]);
        using var done = new CancellationTokenSource();
        Task renaming = Task.Run(() =>
        {
            var random = new Random(1);
            bool[] isAway = new bool[Keys];
            while (!done.IsCancellationRequested)
            {
                int i = random.Next(Keys);
                Assert.Equal("OK", renamer.Run(isAway[i] ? $"RENAME z:{i} a:{i}" : $"RENAME a:{i} z:{i}").Text);
                isAway[i] = !isAway[i];
            }
        });

        for (int i = 0; i < 300; i++)
        {
            RespValue reply = await reader.CallAsync("KEYRANGE", i % 2 == 0 ? "-" : "+", i % 2 == 0 ? "+" : "-", i % 2 == 0 ? "LIMIT" : "REV", i % 2 == 0 ? "5000" : "WITHVALUES");
            IEnumerable<string> names = reply.Items[1].Items.Where((_, at) => i % 2 == 0 || at % 2 == 0).Select(k => k.Text);
            Assert.Equal("0", reply.Items[0].Text);
            Assert.Equal(Enumerable.Range(0, Keys).Select(k => k.ToString(CultureInfo.InvariantCulture)).Order(), names.Select(n => n[2..]).Order());
            if (i % 50 == 49)
            {
                saver.Run("SAVE");
            }
        }

        await done.CancelAsync();
        await renaming;
    }

    [Fact]
    public async Task A_reply_waits_for_what_it_tells_of()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("SET a 1");
        files.HoldSyncs();
        writer.Send("SET", "b", "2");
        reader.Send("KEYRANGE", "-", "+");
        await files.SyncHeldAsync();
        Assert.False(reader.TryRead(out _));
        files.ReleaseSyncs();
        Assert.Equal("0 [a b]", Text(await reader.ReadAsync()));
    }

    [Fact]
    public async Task A_reply_waits_for_what_came_during_the_walk()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("SET a 1");
        files.HoldSyncs();
        SendDuringWalk(host, reader, ["KEYRANGE", "-", "+"], writer, "SET", "b", "2");
        Assert.True(SpinWait.SpinUntil(() => reader.Session.Suspension is null, TestClient.ReplyTimeout));
        lock (host.Engine.Turn)
        {
            // Whoever answered has left the turn.
        }

        await files.SyncHeldAsync();
        Assert.False(reader.TryRead(out _));
        files.ReleaseSyncs();
        Assert.Equal("0 [a b]", Text(await reader.ReadAsync()));
    }

    [Theory]
    [InlineData("SET aa 1", "0 [a aa b c]")]
    [InlineData("DEL b", "0 [a c]")]
    [InlineData("RENAME c 0", "0 [0 a b]")]
    [InlineData("FLUSHALL", "0 []")]
    [InlineData("SWAPDB 0 1", "0 [other]")]
    [InlineData("SWAPDB 1 2", "0 [a b c]")]
    public async Task What_happens_during_the_walk_is_in_the_reply(string command, string expected)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("MSET a 1 b 2");
        writer.Session.Database = 1;
        writer.Run("SET other 1");
        writer.Session.Database = 0;
        writer.Run("SAVE");
        writer.Run("SET c 3");
        SendDuringWalk(host, reader, ["KEYRANGE", "-", "+"], writer, command.Split(' '));
        Assert.Equal(expected, Text(await reader.ReadAsync()));
    }

    [Fact]
    public async Task A_key_that_is_set_over_its_expired_self_during_the_walk_is_in_the_reply()
    {
        var clock = new KeyScriptClock();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), clock);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("SET a 1 PX 100");
        writer.Run("SET b 1 PX 100");
        writer.Run("SAVE");
        writer.Run("SET c 3");
        clock.NowMillis += 200;
        SendDuringWalk(host, reader, ["KEYRANGE", "-", "+"], writer, "SET", "b", "2");
        Assert.Equal("0 [b c]", Text(await reader.ReadAsync()));
    }

    [Fact]
    public async Task A_page_is_filled_though_most_of_its_keys_are_deleted_during_the_walk()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        string[] keys = [.. Enumerable.Range(0, 1_000).Select(i => $"{i:d4}")];
        SetAll(writer, keys);
        writer.Run("SAVE");
        SendDuringWalk(host, reader, ["KEYRANGE", "-", "+", "LIMIT", "2"], writer, ["DEL", .. keys[..900]]);
        Assert.Equal("(0901 [0900 0901]", Text(await reader.ReadAsync()));
    }

    [Fact]
    public async Task A_paused_client_is_answered_after_the_pause()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        writer.Run("SET a 1");
        SendDuringWalk(host, reader, ["KEYRANGE", "-", "+"], writer, "CLIENT", "PAUSE", "10000");
        Assert.True(SpinWait.SpinUntil(() => reader.Session.Suspension is { DeadlineMillis: > 0 }, TestClient.ReplyTimeout));
        Assert.False(reader.TryRead(out _));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(reader.TryRead(out _));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("0 [a]", Text(await reader.ReadAsync()));
    }

    [Fact]
    public async Task A_reload_meanwhile_does_not_show()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, null, ("enable-debug-command", "yes"));
        using TestClient writer = host.Connect();
        using TestClient reader = host.Connect();
        SetAll(writer, [.. Enumerable.Range(0, 100).Select(i => $"{i:d4}")]);
        for (int i = 0; i < 5; i++)
        {
            reader.Send("KEYRANGE", "-", "+");
            writer.Send("DEBUG", i % 2 == 0 ? "RELOAD" : "LOADAOF");
            Assert.Equal(100, (await reader.ReadAsync()).Items[1].Items.Count);
            Assert.Equal("OK", (await writer.ReadAsync()).Text);
            Assert.Equal(100, reader.Run("KEYRANGE - +").Items[1].Items.Count);
        }
    }

    [Fact]
    public async Task A_damaged_table_is_an_error_and_everything_else_goes_on()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        SetAll(client, [.. Enumerable.Range(0, 100).Select(i => $"{i:d4}")]);
        client.Run("SAVE");
        string table = files.ReadAll().Keys.Single(name => name.EndsWith(".tbl", StringComparison.Ordinal));
        files.FlipBit(table, 50);

        RespValue reply = client.Run("KEYRANGE - +");
        Assert.Equal(RespKind.Error, reply.Kind);
        Assert.StartsWith("IOERR ", reply.Text, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(table), reply.Text, StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, line => line.Level == EngineLogLevel.Warning && line.Line.Contains(Path.GetFileName(table), StringComparison.Ordinal));
        Assert.Equal("x", client.Run("GET 0042").Text);
        Assert.Equal("OK", client.Run("SET 0042 y").Text);
    }

    [Fact]
    public async Task Nothing_is_noted_before_the_first_call_and_some_time_after_the_last()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        Assert.True(host.Engine.KeyOrder.IsResting);
        client.Run("KEYRANGE - +");
        Assert.True(host.Engine.Mutator.Capture.IsOn);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                // The walk's own end and this clock are not in step.
                time.Advance(KeyOrderService.IdleTime);
                return host.Engine.KeyOrder.IsResting;
            },
            TestClient.ReplyTimeout));
        Assert.False(host.Engine.Mutator.Capture.IsOn);
        client.Run("SET b 1");
        Assert.Equal("0 [a b]", Text(client.Run("KEYRANGE - +")));
    }

    [Fact]
    public async Task A_client_that_leaves_during_the_walk_is_forgotten()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        TestClient reader = host.Connect();
        writer.Run("SET a 1");
        lock (host.Engine.Turn)
        {
            reader.Send("KEYRANGE", "-", "+");
            reader.Dispose();
        }

        Assert.Equal("0 [a]", Text(writer.Run("KEYRANGE - +")));
        Assert.Equal(0, host.Engine.Scheduler.SuspendedCount);
    }

    [Fact]
    public async Task Requests_behind_it_in_a_pipeline_wait_and_are_answered_in_order()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.SendRaw([.. TestClient.Encode("SET", "a", "1"), .. TestClient.Encode("KEYRANGE", "-", "+"), .. TestClient.Encode("SET", "b", "1"), .. TestClient.Encode("KEYRANGE", "-", "+")]);
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("0 [a]", Text(await client.ReadAsync()));
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("0 [a b]", Text(await client.ReadAsync()));
    }

    /// <summary>Both in one turn, so that what comes second comes during the walk.</summary>
    private static void SendDuringWalk(EngineHost host, TestClient reader, string[] walk, TestClient writer, params string[] command)
    {
        lock (host.Engine.Turn)
        {
            reader.Send(walk);
            writer.Send(command);
        }
    }

    private static string[] RandomCommand(Random random)
    {
        string key = OrderedModel.RandomKey(random);
        return random.Next(100) switch
        {
            < 45 => ["SET", key, "x"],
            < 50 => ["SET", key, "x", "PXAT", "1"],
            < 55 => ["SET", key, "x", "EX", "1000"],
            < 75 => ["DEL", key],
            < 85 => ["RENAME", key, OrderedModel.RandomKey(random)],
            < 90 => ["SETRANGE", key, "2", "x"],
            < 93 => ["COPY", key, OrderedModel.RandomKey(random)],
            < 96 => ["SELECT", random.Next(3).ToString(CultureInfo.InvariantCulture)],
            < 98 => ["SWAPDB", "0", random.Next(3).ToString(CultureInfo.InvariantCulture)],
            < 99 => ["FLUSHDB"],
            _ => ["MOVE", key, "2"],
        };
    }

    private static List<string> WalkAll(TestClient client, bool isReverse, int limit)
        => isReverse ? Walk(client, "+", "-", isReverse, limit) : Walk(client, "-", "+", isReverse, limit);

    private static List<string> Walk(TestClient client, string start, string end, bool isReverse, int limit)
    {
        var keys = new List<string>();
        string cursor = start;
        do
        {
            string[] command = ["KEYRANGE", cursor, end, "LIMIT", limit.ToString(CultureInfo.InvariantCulture), .. isReverse ? (string[])["REV"] : []];
            RespValue reply = client.Call(command);
            Assert.True(reply.Items.Count == 2, $"{string.Join(' ', command)}: {reply.Text}");
            keys.AddRange(reply.Items[1].Items.Select(Latin1));
            cursor = Latin1(reply.Items[0]);
        }
        while (cursor != "0");

        return keys;
    }

    private static string Argument(KeyBound bound)
        => ReferenceEquals(bound, KeyBound.Lowest) ? "-" : ReferenceEquals(bound, KeyBound.Highest) ? "+" : (bound.IsExclusive ? "(" : "[") + OrderedModel.Text(bound.Key);

    private static string Latin1(RespValue value) => OrderedModel.Text(value.Bytes.Span);

    private static string Text(RespValue reply)
        => reply.Items.Count == 2 ? $"{reply.Items[0].Text} [{string.Join(' ', reply.Items[1].Items.Select(k => k.Text))}]" : reply.Text;

    private static void SetAll(TestClient client, string[] keys) => client.Call(["MSET", .. keys.SelectMany(k => (string[])[k, "x"])]);
}
