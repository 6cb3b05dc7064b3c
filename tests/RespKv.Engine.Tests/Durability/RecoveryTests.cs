using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Durability;

/// <summary>The promise: what was acknowledged is there after a kill or a power cut, and after any number of either.</summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData("SET a 1")]
    [InlineData("SET a 1;SET a 2")]
    [InlineData("MSET a 1 b 2 c 3")]
    [InlineData("SET a 1;DEL a")]
    [InlineData("SET a 1;APPEND a xyz;SETRANGE a 10 q")]
    [InlineData("INCRBY n 5;DECR n;INCRBYFLOAT n 1.5")]
    [InlineData("SET a 1;EXPIREAT a 99999999999;PERSIST a")]
    [InlineData("SET a 1 EX 1000000;GETEX a PERSIST")]
    [InlineData("SET a 1;RENAME a b;COPY b c;MOVE c 3")]
    [InlineData("SET a 1;SWAPDB 0 5;SET b 2")]
    [InlineData("SET a 1;FLUSHALL;SET b 2;FLUSHDB")]
    public async Task Acknowledged_commands_survive_power_cuts(string script)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var files = new SimulatedFileSystem();
            Dictionary<string, string> before;
            EngineHost host = await EngineHost.OpenAsync(files);
            using (TestClient client = host.Connect())
            {
                foreach (string command in script.Split(';'))
                {
                    Assert.False(client.Run(command).IsError);
                }

                before = Dump(client, host.Engine.Config.Databases);
            }

            SimulatedFileSystem crashed = files.Crash(seed);
            await host.DisposeAsync();
            for (int restart = 0; restart < 2; restart++)
            {
                await using EngineHost recovered = await EngineHost.OpenAsync(crashed);
                using TestClient client = recovered.Connect();
                Assert.Equal(before, Dump(client, recovered.Engine.Config.Databases));
                crashed = crashed.Crash(seed + 1000);
            }
        }
    }

    [Fact]
    public async Task Unacknowledged_multi_key_command_is_there_whole_or_not_at_all_after_a_power_cut()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var files = new SimulatedFileSystem();
            EngineHost host = await EngineHost.OpenAsync(files);
            TestClient client = host.Connect();
            files.HoldSyncs();
            client.Send("MSET", "a", new string('a', 3000), "b", new string('b', 3000), "c", new string('c', 3000));
            await files.SyncHeldAsync();
            SimulatedFileSystem crashed = files.Crash(seed);
            files.ReleaseSyncs();
            await host.DisposeAsync();

            await using EngineHost recovered = await EngineHost.OpenAsync(crashed);
            using TestClient reader = recovered.Connect();
            Assert.Contains(reader.Run("EXISTS a b c").Integer, new long[] { 0, 3 });
        }
    }

    [Fact]
    public async Task Order_of_commands_shows_after_a_power_cut_as_a_prefix()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var files = new SimulatedFileSystem();
            EngineHost host = await EngineHost.OpenAsync(files);
            TestClient client = host.Connect();
            Assert.Equal(1, client.Run("INCR n").Integer);
            files.HoldSyncs();
            for (int i = 0; i < 50; i++)
            {
                client.Send("INCR", "n");
                client.Send("SET", $"k{i}", "v");
            }

            await files.SyncHeldAsync();
            SimulatedFileSystem crashed = files.Crash(seed);
            files.ReleaseSyncs();
            await host.DisposeAsync();

            await using EngineHost recovered = await EngineHost.OpenAsync(crashed);
            using TestClient reader = recovered.Connect();
            long n = long.Parse(reader.Run("GET n").Text);
            long keys = reader.Run("DBSIZE").Integer - 1;
            Assert.True(n >= 1);
            Assert.Contains(keys, new[] { n - 2, n - 1 }.Select(k => Math.Max(0, k)));
        }
    }

    [Fact]
    public async Task Value_larger_than_a_segment_is_acknowledged_and_recovered()
    {
        var files = new SimulatedFileSystem();
        string value = string.Concat(Enumerable.Range(0, 600_000).Select(i => (i % 10000).ToString("D4")));
        EngineHost host = await EngineHost.OpenAsync(files);
        using (TestClient client = host.Connect())
        {
            Assert.Equal("OK", client.Call("SET", "small", "1").Text);
            Assert.Equal("OK", client.Call("SET", "big", value).Text);
            Assert.Equal("OK", client.Call("SET", "after", "2").Text);
        }

        SimulatedFileSystem crashed = files.Crash(7);
        await host.DisposeAsync();
        await using EngineHost recovered = await EngineHost.OpenAsync(crashed);
        using TestClient reader = recovered.Connect();
        Assert.Equal(value, reader.Run("GET big").Text);
        Assert.Equal("2", reader.Run("GET after").Text);
    }

    [Fact]
    public async Task Stop_finishes_what_was_accepted()
    {
        var files = new SimulatedFileSystem();
        EngineHost host = await EngineHost.OpenAsync(files);
        TestClient client = host.Connect();
        files.HoldSyncs();
        client.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        client.Send("SET", "b", "2");
        Task stop = host.Engine.StopAsync();
        files.ReleaseSyncs();
        await stop;

        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal(2, host.Engine.DurableLsn);
        client.Send("SET", "c", "3");
        Assert.True(client.IsClosing);
        await using EngineHost recovered = await EngineHost.OpenAsync(files.Crash(1));
        Assert.True(recovered.Engine.RecoveryReport!.CleanShutdown);
        using TestClient reader = recovered.Connect();
        Assert.Equal(2, reader.Run("DBSIZE").Integer);
        host.Engine.Dispose();
    }

    [Fact]
    public async Task Recovery_replays_twice_to_the_same_state()
    {
        var files = new SimulatedFileSystem();
        EngineHost host = await EngineHost.OpenAsync(files);
        using (TestClient client = host.Connect())
        {
            client.Run("SET a 1 PX 1");
            client.Run("SET b 2 EX 100000");
            client.Run("APPEND c abc");
            client.Run("APPEND c def");
            client.Run("INCR n");
        }

        await host.DisposeAsync();
        var dumps = new List<Dictionary<string, string>>();
        for (int i = 0; i < 3; i++)
        {
            await using EngineHost again = await EngineHost.OpenAsync(files.Kill());
            using TestClient client = again.Connect();
            dumps.Add(Dump(client, again.Engine.Config.Databases));
        }

        Assert.Equal(dumps[0], dumps[1]);
        Assert.Equal(dumps[0], dumps[2]);
    }

    [Fact]
    public async Task Commands_are_refused_with_loading_until_recovery_has_finished()
    {
        var files = new SimulatedFileSystem();
        EngineHost host = EngineHost.Create(files);
        using TestClient client = host.Connect();
        Assert.Equal("LOADING Redis is loading the dataset in memory", client.Run("GET a").Text);
        Assert.Equal("LOADING Redis is loading the dataset in memory", client.Run("SET a 1").Text);

        await host.Engine.OpenAsync(CancellationToken.None);
        Assert.True(client.Run("GET a").IsNull);
        await host.DisposeAsync();
    }

    /// <summary>Every key of every database with its value and expiry.</summary>
    private static Dictionary<string, string> Dump(TestClient client, int databases)
    {
        var dump = new Dictionary<string, string>();
        for (int database = 0; database < databases; database++)
        {
            client.Call("SELECT", database.ToString());
            foreach (RespValue key in client.Run("KEYS *").Items)
            {
                dump[$"{database}/{key.Text}"] = client.Call("GET", key.Text).Text + "@" + client.Call("PEXPIRETIME", key.Text).Integer;
            }
        }

        client.Call("SELECT", "0");
        return dump;
    }
}
