using System.Globalization;
using RespKv.Protocol;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Runs a script against an engine, and holds that recovery gives the keys back as they were.</summary>
internal sealed class KeyScriptRunner : IAsyncDisposable
{
    private const string DatabaseCount = "4";

    private readonly IFileSystem _files;
    private readonly KeyScriptClock _clock;
    private EngineHost _host;
    private TestClient _client;
    private long _lastRecords;

    private KeyScriptRunner(IFileSystem files, KeyScriptClock clock, EngineHost host)
    {
        _files = files;
        _clock = clock;
        _host = host;
        _client = host.Connect();
    }

    public static async Task<KeyScriptRunner> OpenAsync(IFileSystem files)
    {
        var clock = new KeyScriptClock();
        return new KeyScriptRunner(files, clock, await OpenHostAsync(files, clock));
    }

    public async Task RunAsync(IEnumerable<KeyScriptStep> steps)
    {
        foreach (KeyScriptStep step in steps)
        {
            if (step.IsDirective)
            {
                await ObeyAsync(step);
                continue;
            }

            long before = _host.Engine.Commit.AppendedLsn;
            RespValue reply = await _client.CallAsync(step.Words);
            _lastRecords = _host.Engine.Commit.AppendedLsn - before;
            string got = KeyReplyText.Of(reply);
            Assert.True(step.Expected == got, $"line {step.Line}: {step.Source}\nexpected:\n{step.Expected}\ngot:\n{got}");
        }

        await RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    private static Task<EngineHost> OpenHostAsync(IFileSystem files, KeyScriptClock clock)
        => EngineHost.OpenAsync(files, clock, ("databases", DatabaseCount));

    private async Task ObeyAsync(KeyScriptStep step)
    {
        switch (step.Words[0])
        {
            case "clock":
                _clock.NowMillis += long.Parse(step.Words[1], CultureInfo.InvariantCulture);
                break;
            case "records":
                long records = long.Parse(step.Words[1], CultureInfo.InvariantCulture);
                Assert.True(records == _lastRecords, $"line {step.Line}: expected {records} record(s) by the last command, got {_lastRecords}");
                break;
            case "resp":
                _client.Session.ProtocolVersion = int.Parse(step.Words[1], CultureInfo.InvariantCulture);
                break;
            case "config":
                Assert.True(_host.Engine.Config.Set([(step.Words[1], step.Words[2])]).Succeeded);
                break;
            case "restart":
                await RestartAsync();
                break;
            default:
                throw new FormatException($"line {step.Line}: unknown directive '{step.Words[0]}'");
        }
    }

    /// <summary>Stops the engine, opens another on the same files, and compares all keys, values and expiries.</summary>
    private async Task RestartAsync()
    {
        string before = Dump();
        int database = _client.Session.Database;
        await DisposeAsync();
        _host = await OpenHostAsync(_files, _clock);
        _client = _host.Connect();
        _client.Session.Database = database;
        Assert.Equal(before, Dump());
    }

    private string Dump()
    {
        var lines = new List<string>();
        using TestClient client = _host.Connect();
        for (int database = 0; database < int.Parse(DatabaseCount, CultureInfo.InvariantCulture); database++)
        {
            client.Session.Database = database;
            foreach (RespValue key in client.Call("KEYS", "*").Items)
            {
                string name = System.Text.Encoding.Latin1.GetString(key.Bytes.Span);
                string value = ValueText(client, name);
                lines.Add($"db{database} {KeyReplyText.Of(key)} = {value} expires {client.Call("PEXPIRETIME", name).Integer}");
            }
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    private static string ValueText(TestClient client, string name)
    {
        string type = KeyReplyText.Of(client.Call("TYPE", name));
        string[] question = type switch
        {
            "hash" => ["HGETALL", name],
            "set" => ["SMEMBERS", name],
            "list" => ["SORT", name, "BY", "nosort"],
            "zset" => ["ZRANGE", name, "0", "-1", "WITHSCORES"],
            _ => ["GET", name],
        };
        RespValue reply = client.Call(question);
        if (type is not ("hash" or "set"))
        {
            return type + " " + KeyReplyText.Of(reply);
        }

        // In no order: each member, or each field with its value.
        string[] texts = [.. reply.Items.Select(KeyReplyText.Of)];
        return type + " " + string.Join(' ', texts.Chunk(type == "hash" ? 2 : 1).Select(t => string.Join('=', t)).Order(StringComparer.Ordinal));
    }
}
