using RespKv.Protocol;
using RespKv.TestKit.Engine;

namespace RespKv.Engine.Tests.Checkpoints;

/// <summary>What the tests of checkpoints ask an engine.</summary>
internal static class EngineFacts
{
    /// <summary>Every key of every database with its value and its expiry.</summary>
    public static SortedDictionary<string, string> Dump(TestClient client, int databases = 16)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int database = 0; database < databases; database++)
        {
            client.Run($"SELECT {database}");
            foreach (RespValue key in client.Run("KEYS *").Items)
            {
                all[$"{database}/{key.Text}"] = client.Call("GET", key.Text).Text + " expires " + client.Call("PEXPIRETIME", key.Text).Integer;
            }
        }

        client.Run("SELECT 0");
        return all;
    }

    public static string Field(TestClient client, string name)
        => client.Run("INFO persistence").Text.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..];

    public static long Number(TestClient client, string name) => long.Parse(Field(client, name));
}
