using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Checks;

/// <summary>Reads what a server has.</summary>
internal static class Contents
{
    private const int KeysPerCommand = 200;

    /// <summary>The values of those keys that are there.</summary>
    public static async Task<Dictionary<string, string>> ReadAsync(RawClient client, IReadOnlyList<string> keys)
    {
        using var requests = new MemoryStream();
        foreach (string[] part in keys.Chunk(KeysPerCommand))
        {
            requests.Write(RawClient.Encode(["MGET", .. part]));
        }

        await client.SendRawAsync(requests.ToArray());
        var found = new Dictionary<string, string>(keys.Count);
        foreach (string[] part in keys.Chunk(KeysPerCommand))
        {
            RespValue values = await Expect(client.ReadAsync());
            for (int i = 0; i < part.Length; i++)
            {
                if (!values.Items[i].IsNull)
                {
                    found[part[i]] = Latin1(values.Items[i]);
                }
            }
        }

        return found;
    }

    private static async Task<RespValue> Expect(Task<RespValue> reply)
    {
        RespValue value = await reply;
        return value.IsError ? throw new InvalidOperationException($"The server answered the check with {value.Text}") : value;
    }

    private static string Latin1(RespValue value) => Encoding.Latin1.GetString(value.Bytes.Span);
}
