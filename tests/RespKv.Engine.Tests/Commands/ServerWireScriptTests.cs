using System.Globalization;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Scripts of commands with the replies that redis-server 7.0.15 gave them, types included (testdata/wire).</summary>
public sealed class ServerWireScriptTests
{
    /// <summary>Redis numbered the client of the recordings so.</summary>
    private const int FirstClientId = 3;

    private static string DirectoryPath => Path.Combine(AppContext.BaseDirectory, "testdata", "wire");

    public static TheoryData<string> Scripts()
        => [.. Directory.GetFiles(DirectoryPath, "*.txt").Select(p => Path.GetFileName(p)).Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Every_reply_is_the_one_that_redis_gave(string script)
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("enable-debug-command", "yes"));
        for (int id = 1; id < FirstClientId; id++)
        {
            host.Connect().Dispose();
        }

        var failures = new List<string>();
        TestClient client = host.Connect();
        var others = new Dictionary<string, TestClient>();
        foreach (KeyScriptStep step in KeyScript.Parse(File.ReadAllLines(Path.Combine(DirectoryPath, script))))
        {
            if (step.IsDirective)
            {
                client = await ObeyAsync(host, time, client, others, step.Words);
                continue;
            }

            RespValue reply = await client.CallAsync(step.Words);
            string got = ServerWireText.Of(reply);
            if (got != step.Expected)
            {
                failures.Add($"line {step.Line}: {step.Source}\nexpected:\n{step.Expected}\ngot:\n{got}");
            }
        }

        client.Dispose();
        foreach (TestClient other in others.Values)
        {
            other.Dispose();
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private static async Task<TestClient> ObeyAsync(
        EngineHost host, ManualTimeProvider time, TestClient client, Dictionary<string, TestClient> others, string[] words)
    {
        switch (words[0])
        {
            case "client":
                return others.TryGetValue(words[1], out TestClient? other) ? other : others[words[1]] = host.Connect();
            case "clock":
                time.Advance(TimeSpan.FromMilliseconds(int.Parse(words[1], CultureInfo.InvariantCulture)));
                return client;
            case "connect":
                client.Dispose();
                return host.Connect();
            case "resp":
                await client.CallAsync("HELLO", words[1]);
                return client;
            case "config":
                Assert.True(host.Engine.Config.Set([(words[1], words[2])]).Succeeded);
                return client;
            default:
                throw new FormatException($"unknown directive '{words[0]}'");
        }
    }
}
