using RespKv.Protocol;
using RespKv.TestKit.Engine;

namespace RespKv.Engine.Tests.Transactions;

/// <summary>MULTI blocks as tests write them: commands separated by <c>;</c>.</summary>
internal static class Blocks
{
    /// <summary>Queues the commands and waits for it. EXEC is the caller's.</summary>
    public static void Queue(TestClient client, params IEnumerable<string[]> commands)
    {
        Assert.Equal("OK", client.Run("MULTI").Text);
        foreach (string[] command in commands)
        {
            Assert.Equal("QUEUED", client.Call(command).Text);
        }
    }

    public static void Queue(TestClient client, string commands) => Queue(client, commands.Split(';').Select(c => c.Split(' ')));

    /// <summary>A whole block, run. Returns EXEC's reply.</summary>
    public static RespValue Run(TestClient client, string commands)
    {
        Queue(client, commands);
        return client.Run("EXEC");
    }
}
