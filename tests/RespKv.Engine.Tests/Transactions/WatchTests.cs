using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Transactions;

/// <summary>WATCH beyond what testdata/wire/watch.txt asks: many clients, the end of one, memory.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Change_of_a_key_reaches_everyone_who_watches_it_and_nobody_else()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        TestClient[] clients = [.. Enumerable.Range(0, 9).Select(_ => host.Connect())];
        for (int i = 0; i < clients.Length; i++)
        {
            Assert.Equal("OK", clients[i].Run($"WATCH common own{i % 3}").Text);
        }

        clients[4].Run("UNWATCH");
        clients[8].Run("UNWATCH");
        clients[8].Run("WATCH own1");
        writer.Run("SET own0 1");
        Assert.Equal([0, 3, 6], Broken(clients));
        Assert.True(host.Engine.Mutator.Watches.IsOn);

        for (int i = 0; i < clients.Length; i++)
        {
            clients[i].Run($"WATCH common own{i % 3}");
        }

        writer.Run("SET common 1");
        Assert.Equal(Enumerable.Range(0, 9), Broken(clients));
        Assert.False(host.Engine.Mutator.Watches.IsOn);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Key_that_was_set_and_has_expired_at_once_breaks_a_watch()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("WATCH k");
        Assert.Equal("OK", client.Run("SET k v PXAT 1").Text);
        client.Run("MULTI");
        client.Run("PING");
        Assert.True(client.Run("EXEC").IsNull);
    }

    [Fact]
    public async Task Client_that_leaves_watches_nothing_any_more()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient first = host.Connect();
        using (TestClient second = host.Connect())
        {
            first.Run("WATCH a");
            second.Run("WATCH a b");
            second.Run("MULTI");
        }

        first.Run("SET b 1");
        Assert.Equal("PONG", Blocks.Run(first, "PING").Items[0].Text);
        Assert.False(host.Engine.Mutator.Watches.IsOn);
    }

    [Fact]
    public async Task Random_watches_agree_with_a_list_of_who_watches_what()
    {
        var random = new Random(5);
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        TestClient[] clients = [.. Enumerable.Range(0, 6).Select(_ => host.Connect())];
        HashSet<int>[] watched = [.. clients.Select(_ => new HashSet<int>())];
        bool[] broken = new bool[clients.Length];
        for (int step = 0; step < 3000; step++)
        {
            int client = random.Next(clients.Length);
            int key = random.Next(5);
            switch (random.Next(4))
            {
                case 0:
                    clients[client].Run($"WATCH {key}");
                    watched[client].Add(key);
                    break;
                case 1:
                    writer.Run($"SET {key} 1");
                    for (int i = 0; i < clients.Length; i++)
                    {
                        broken[i] |= watched[i].Contains(key);
                    }

                    break;
                case 2:
                    clients[client].Run("UNWATCH");
                    watched[client].Clear();
                    broken[client] = false;
                    break;
                default:
                    Assert.Equal(broken[client], Blocks.Run(clients[client], "PING").IsNull);
                    watched[client].Clear();
                    broken[client] = false;
                    break;
            }
        }

        Array.ForEach(clients, client => client.Dispose());
        Assert.False(host.Engine.Mutator.Watches.IsOn);
    }

    [Fact]
    public async Task Key_that_expires_by_itself_is_a_change()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("SET a 1 PX 50");
        client.Run("WATCH a");
        time.Advance(TimeSpan.FromMilliseconds(60));
        host.Engine.Expiry.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(0, client.Run("DBSIZE").Integer);
        Assert.True(Blocks.Run(client, "PING").IsNull);
    }

    [Fact]
    public async Task Watching_while_recovery_runs_looks_at_no_key()
    {
        EngineHost host = EngineHost.Create(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Run("WATCH a").Text);
        Assert.Equal("OK", client.Run("MULTI").Text);
        Assert.Equal("LOADING Redis is loading the dataset in memory", client.Run("GET a").Text);
        Assert.StartsWith("EXECABORT ", client.Run("EXEC").Text, StringComparison.Ordinal);
        Assert.Equal("OK", client.Run("WATCH a").Text);
        Assert.Equal("OK", client.Run("MULTI").Text);
        Assert.Equal("QUEUED", client.Run("SELECT 1").Text);
        Assert.Equal("OK", client.Run("EXEC").Items[0].Text);

        await host.Engine.OpenAsync(CancellationToken.None);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Client_list_tells_of_blocks_and_of_watched_keys_that_have_changed()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient client = host.Connect();
        Assert.Contains(" multi=-1 ", Line(), StringComparison.Ordinal);
        Assert.Contains(" multi-mem=0 ", Line(), StringComparison.Ordinal);

        client.Run("WATCH a");
        client.Run("MULTI");
        client.Run("SET b 1");
        client.Run("GET b");
        Assert.Contains(" flags=x ", Line(), StringComparison.Ordinal);
        Assert.Contains(" multi=2 ", Line(), StringComparison.Ordinal);
        Assert.DoesNotContain(" multi-mem=0 ", Line(), StringComparison.Ordinal);

        admin.Run("SET a 1");
        Assert.Contains(" flags=xd ", Line(), StringComparison.Ordinal);
        client.Run("GET c");
        Assert.Contains(" multi=2 ", Line(), StringComparison.Ordinal);

        Assert.True(client.Run("EXEC").IsNull);
        Assert.Contains(" flags=N ", Line(), StringComparison.Ordinal);
        Assert.Contains(" multi-mem=0 ", Line(), StringComparison.Ordinal);

        string Line() => admin.Run($"CLIENT LIST ID {client.Session.Id}").Text;
    }

    private static IEnumerable<int> Broken(TestClient[] clients)
        => Enumerable.Range(0, clients.Length).Where(i => clients[i].Session.Watches is { IsBroken: true });
}
