using RespKv.Protocol;
using RespKv.TestKit.Engine;

namespace RespKv.Engine.Tests.Space;

/// <summary>A client with keys of its own that writes, copies and deletes until the disk is full and a while longer, and knows what it was told.</summary>
internal sealed class SpaceLoad(EngineHost host, int number, int seed)
{
    private const int Depth = 12;
    private const int RoundsAfterFull = 8;

    private readonly Dictionary<string, string> _kept = new(StringComparer.Ordinal);

    /// <summary>Commands that were refused for want of room.</summary>
    public int Refused { get; private set; }

    public async Task RunAsync()
    {
        using TestClient client = host.Connect();
        var random = new Random(seed);
        for (int rounds = 0; rounds < RoundsAfterFull; rounds += Refused > 0 ? 1 : 0)
        {
            string[][] commands = [.. Enumerable.Range(0, Depth).Select(_ => Command(random))];
            client.SendRaw([.. commands.SelectMany(TestClient.Encode)]);
            foreach (string[] command in commands)
            {
                Apply(command, await client.ReadAsync());
            }
        }
    }

    /// <summary>Its keys hold what its replies said.</summary>
    public void AssertKept(EngineHost again)
    {
        using TestClient client = again.Connect();
        for (int key = 0; key < Keys; key++)
        {
            RespValue value = client.Call("GET", Name(key));
            Assert.Equal(_kept.GetValueOrDefault(Name(key)), value.IsNull ? null : value.Text);
        }
    }

    private const int Keys = 40;

    private string Name(int key) => $"{number}:{key}";

    private string[] Command(Random random)
    {
        string key = Name(random.Next(Keys));
        string value = new((char)('a' + random.Next(26)), random.Next(random.Next(8) == 0 ? 20_000 : 900));
        return random.Next(10) switch
        {
            < 6 => ["SET", key, value],
            6 => ["APPEND", key, value],
            7 => ["COPY", key, Name(random.Next(Keys)), "REPLACE"],
            8 => ["RENAMENX", key, Name(random.Next(Keys))],
            _ => ["DEL", key],
        };
    }

    private void Apply(string[] command, RespValue reply)
    {
        if (reply.IsError)
        {
            Refused += reply.Text.StartsWith("MISCONF RespKv cannot claim disk space for the log: ", StringComparison.Ordinal) ? 1 : 0;
            return;
        }

        string key = command[1];
        switch (command[0])
        {
            case "SET":
                _kept[key] = command[2];
                break;
            case "APPEND":
                _kept[key] = _kept.GetValueOrDefault(key, "") + command[2];
                break;
            case "COPY" when reply.Integer == 1:
                _kept[command[2]] = _kept[key];
                break;
            case "RENAMENX" when reply.Integer == 1:
                _kept[command[2]] = _kept[key];
                _kept.Remove(key);
                break;
            case "DEL":
                _kept.Remove(key);
                break;
        }
    }
}
