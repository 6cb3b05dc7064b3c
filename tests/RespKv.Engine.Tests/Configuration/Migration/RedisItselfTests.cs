using RespKv.Engine.Configuration;
using RespKv.Engine.Configuration.Migration;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Configuration.Migration;

/// <summary>What is said of Redis is held against redis-server 7.0.15 and its configuration file. Without them the tests are skipped.</summary>
public sealed class RedisItselfTests
{
    /// <summary>Where Debian's package has its file.</summary>
    private const string StockFile = "/etc/redis/redis.conf";

    /// <summary>Where this server lives is no default.</summary>
    private static readonly string[] OfTheTest = ["port", "dir", "save", "appendonly", "bind"];

    [RedisFact]
    public async Task EveryDirectiveOfRedis_IsKnown()
    {
        foreach ((string name, string value) in await RedisDirectivesAsync())
        {
            RedisConfigLine line = CheckedConfig.CheckLine($"{name} {ConfigText.Quote(value)}");

            Assert.DoesNotContain("Neither Redis", line.Reason, StringComparison.Ordinal);
            Assert.True(line.Verdict != RedisVerdict.Unsupported, $"Redis's default is not taken: {line.Text}: {line.Reason}");
        }
    }

    [RedisFact]
    public async Task DefaultsThatDiffer_AreThoseOfTheList()
    {
        List<(string Name, string Value)> redis = await RedisDirectivesAsync();
        IEnumerable<string> different = redis
            .Where(each => DirectiveTable.TryFind(each.Name, out Directive? directive) && directive.Get(DirectiveTable.Defaults) != each.Value)
            .Select(each => each.Name);

        // What the test has set is compared by the list itself, whose values are Redis's.
        Assert.Equal([.. RedisDefaults.Names.Except(OfTheTest)], different.Except(OfTheTest));
        Assert.Subset(RedisDefaults.Names.ToHashSet(), OfTheTest.ToHashSet());
    }

    [RedisFact]
    public async Task DefaultsOfRedis_AreWhatTheListSays()
    {
        // An empty file: nothing is set by options but what keeps the server to itself, and those are asked of the file's reader.
        foreach (RedisConfigDefault missing in CheckedConfig.Check("# empty").NotWritten.Where(each => each.Directive is "bind" or "save" or "appendonly"))
        {
            using var directory = new TempDirectory();
            string name = missing.Directive;
            string[] own = [.. new[] { "--save", "", "--appendonly", "no", "--bind", "127.0.0.1" }.Chunk(2).Where(pair => pair[0] != "--" + name).SelectMany(pair => pair)];
            Assert.Equal(missing.Redis, (await AskAsync(directory, own, name)).Single().Value);
        }
    }

    [StockFileFact]
    public void StockFile_IsTakenButForDaemonize()
    {
        var disk = new CheckedConfig();
        disk.With(CheckedConfig.Main, File.ReadAllText(StockFile));
        RedisConfigReport report = disk.Run();

        Assert.Equal(["daemonize"], report.Lines.Where(line => line.Verdict == RedisVerdict.Unsupported).Select(line => line.Directive));
        Assert.Equal(["appendonly", "appendfsync"], report.Lines.Where(line => line.Verdict == RedisVerdict.Different).Select(line => line.Directive));
        ServerConfig config = CheckedConfig.Start(MigratedConfig.Text(report));
        Assert.Equal(6379, config.Port);
        Assert.Equal(AppendFsync.Always, config.AppendFsync);
    }

    private static async Task<List<(string Name, string Value)>> RedisDirectivesAsync()
    {
        using var directory = new TempDirectory();
        return await AskAsync(directory, ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1"], "*");
    }

    private static async Task<List<(string Name, string Value)>> AskAsync(TempDirectory directory, string[] options, string pattern)
    {
        int port = FreePort.Take();
        await using ChildProcess server = ChildProcess.Start(
            [Tool.Find("redis-server")!, "--port", $"{port}", "--dir", directory.Path, .. options]);
        await Poll.UntilAsync("Redis listens", () => server.Lines.Any(line => line.Contains("Ready to accept connections", StringComparison.Ordinal)));
        using RawClient client = await RawClient.ConnectAsync(port);
        RespValue reply = await client.CallAsync("CONFIG", "GET", pattern);
        return [.. reply.Items!.Chunk(2).Select(pair => (pair[0].Text!, pair[1].Text!))];
    }

    private sealed class StockFileFactAttribute : FactAttribute
    {
        public StockFileFactAttribute()
        {
            try
            {
                File.OpenRead(StockFile).Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Debian lets only root and redis read it.
                Skip = e.Message;
            }
        }
    }

    private sealed class RedisFactAttribute : FactAttribute
    {
        public RedisFactAttribute() => Skip = Tool.Find("redis-server") is null ? "redis-server is not installed" : null;
    }
}
