using System.Globalization;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

public sealed class KeyScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task Every_key_that_stays_is_returned_while_others_come_and_go(int count)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        var random = new Random(count);
        string[] stay = [.. Enumerable.Range(0, 700).Select(i => $"stay:{i}")];
        SetAll(client, stay);
        SetAll(client, [.. Enumerable.Range(0, 700).Select(i => $"go:{i}")]);

        var seen = new HashSet<string>();
        string cursor = "0";
        int coming = 0;
        do
        {
            RespValue reply = client.Call("SCAN", cursor, "MATCH", "stay:*", "COUNT", count.ToString(CultureInfo.InvariantCulture));
            cursor = reply.Items[0].Text;
            seen.UnionWith(reply.Items[1].Items.Select(i => i.Text));
            client.Call("DEL", $"go:{random.Next(700)}");
            client.Call("SET", $"come:{coming++}", "x");
        }
        while (cursor != "0");

        Assert.Equal(stay.Order(), seen.Order());
    }

    [Fact]
    public async Task Keys_returns_each_key_once()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        string[] keys = [.. Enumerable.Range(0, 3000).Select(i => $"key:{i}")];
        SetAll(client, keys);
        Assert.Equal(keys.Order(), client.Call("KEYS", "*").Items.Select(i => i.Text).Order());
        Assert.Equal(1000, client.Call("KEYS", "key:1???").Items.Count);
    }

    [Fact]
    public async Task Scan_with_any_cursor_answers()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        SetAll(client, [.. Enumerable.Range(0, 300).Select(i => $"key:{i}")]);
        foreach (string cursor in (string[])["1", "-1", "18446744073709551615", "9223372036854775808", "4294967296", "268435456"])
        {
            RespValue reply = client.Call("SCAN", cursor, "COUNT", "20");
            Assert.Equal(2, reply.Items.Count);
        }
    }

    [Fact]
    public async Task Randomkey_finds_the_only_key_that_has_not_expired()
    {
        var clock = new KeyScriptClock();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), clock);
        using TestClient client = host.Connect();
        for (int i = 0; i < 2000; i++)
        {
            client.Send("SET", $"gone:{i}", "x", "PX", "1");
        }

        for (int i = 0; i < 2000; i++)
        {
            await client.ReadAsync();
        }

        client.Call("SET", "alive", "x");
        clock.NowMillis += 2;
        Assert.Equal("alive", client.Call("RANDOMKEY").Text);
        Assert.Equal(2001, client.Call("DBSIZE").Integer);
    }

    [Fact]
    public async Task Randomkey_reaches_every_key()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        SetAll(client, ["a", "b", "c", "d"]);
        var seen = new HashSet<string>();
        for (int i = 0; i < 1000 && seen.Count < 4; i++)
        {
            seen.Add(client.Call("RANDOMKEY").Text);
        }

        Assert.Equal(4, seen.Count);
    }

    private static void SetAll(TestClient client, string[] keys)
        => client.Call(["MSET", .. keys.SelectMany(k => (string[])[k, "x"])]);
}
