using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Clients;

/// <summary>The loop of docs/migration.md, as it stands there, from redis-server to ours.</summary>
public sealed class MigrationTests
{
    private const string Document = "docs/migration.md";

    [RequiresFact("redis-server", "redis-cli")]
    public async Task Loop_BringsEveryTypeOverWithItsTimeToLive()
    {
        using var directory = new TempDirectory();
        int from = FreePort.Take();
        await using ChildProcess redis = ChildProcess.Start(
            [Tool.Find("redis-server")!, "--port", $"{from}", "--bind", "127.0.0.1", "--save", "", "--dir", directory.Path, "--requirepass", "old"]);
        await Poll.UntilAsync("Redis listens", () => redis.Lines.Any(line => line.Contains("Ready to accept connections", StringComparison.Ordinal)));
        await using TestServer server = await TestServer.StartAsync();
        using RawClient source = await RawClient.ConnectAsync(from);
        string binary = string.Concat(Enumerable.Range(0, 256).Select(each => (char)each));
        string[][] writes =
        [
            ["AUTH", "old"],
            ["SET", "text", binary],
            ["SET", "fleeting", "x", "PX", "100000000"],
            ["SET", "it's a \"key\"", "quoted"],
            ["RPUSH", "list", "a", "b"],
            ["SADD", "set", "a", "b"],
            ["HSET", "hash", "field", "value"],
            ["ZADD", "zset", "1.5", "member"],
            ["PFADD", "hll", "a", "b", "c"],
            ["SELECT", "3"],
            ["SET", "elsewhere", "3"],
        ];
        foreach (string[] write in writes)
        {
            Assert.False((await source.CallAsync(write)).IsError);
        }

        ToolResult loop = await RunLoopAsync(from, server.Port);

        Assert.True(loop.ExitCode == 0 && loop.Errors.Length == 0, loop.ToString());
        using RawClient target = await RawClient.ConnectAsync(server.Port);
        Assert.Equal(8, (await target.CallAsync("DBSIZE")).Integer);
        Assert.Equal(binary, System.Text.Encoding.Latin1.GetString((await target.CallAsync("GET", "text")).Bytes.Span));
        Assert.Equal("quoted", (await target.CallAsync("GET", "it's a \"key\"")).Text);
        Assert.InRange((await target.CallAsync("PTTL", "fleeting")).Integer, 1, 100_000_000);
        Assert.Equal(["a", "b"], (await target.CallAsync("LRANGE", "list", "0", "-1")).Items.Select(each => each.Text));
        Assert.Equal(2, (await target.CallAsync("SCARD", "set")).Integer);
        Assert.Equal("value", (await target.CallAsync("HGET", "hash", "field")).Text);
        Assert.Equal("1.5", (await target.CallAsync("ZSCORE", "zset", "member")).Text);
        Assert.Equal(3, (await target.CallAsync("PFCOUNT", "hll")).Integer);
        await target.CallAsync("SELECT", "3");
        Assert.Equal("3", (await target.CallAsync("GET", "elsewhere")).Text);
        await source.CallAsync("SELECT", "0");
        RespValue left = await source.CallAsync("DBSIZE");
        Assert.Equal(8, left.Integer);
    }

    private static Task<ToolResult> RunLoopAsync(int from, int to)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root(), Document));
        string block = text.Split("```sh\n")[1].Split("```")[0];
        string settings = $"export REDISCLI_AUTH=old FROM='-p {from}' TO='127.0.0.1 {to}' TO_AUTH=\n";
        return Tool.RunAsync(["sh", "-c", settings + block]);
    }
}
