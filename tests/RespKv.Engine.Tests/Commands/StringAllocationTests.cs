using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Execution;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

public sealed class StringAllocationTests
{
    /// <summary>Enough for tables and buffers to reach the size that they keep.</summary>
    private const int WarmUpCalls = 2000;

    private const int MeasuredCalls = 500;

    [Theory]
    [InlineData("GET k")]
    [InlineData("GET missing")]
    [InlineData("MGET k n missing")]
    [InlineData("SET k value")]
    [InlineData("SET k value EX 100 NX")]
    [InlineData("SET k value EX 100 XX GET")]
    [InlineData("SETEX k 100 value")]
    [InlineData("MSET k value n 5")]
    [InlineData("INCR n")]
    [InlineData("DECRBY n 12345")]
    [InlineData("EXISTS k n missing")]
    [InlineData("DEL missing")]
    [InlineData("EXPIRE k 100")]
    [InlineData("PEXPIREAT k 4000000000000 GT")]
    [InlineData("TTL k")]
    [InlineData("STRLEN k")]
    [InlineData("GETRANGE k 0 -1")]
    public async Task A_hot_command_allocates_nothing(string command)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("MSET k value n 5");

        // Two rounds first: the log has two batches that take turns, and both have to have grown.
        for (int round = 0; round < 2; round++)
        {
            Measure(host.Engine, client, command, WarmUpCalls);
            client.Run("SET fence x");
        }

        Assert.Equal(0, Measure(host.Engine, client, command, MeasuredCalls));
    }

    /// <summary>Bytes that so many calls of the handler allocate, all of them in one turn and one record.</summary>
    private static long Measure(RespEngine engine, TestClient client, string command, int calls)
    {
        byte[] bytes = TestClient.Encode(command.Split(' '));
        var batch = new RequestBatch();
        new RequestParser().Parse(bytes, ParserLimits.Default, 1, batch, out _);
        CommandEntry entry = engine.Commands.Find(Encoding.Latin1.GetBytes(command.Split(' ')[0]))!;
        var context = new WriteContext(engine);
        long allocated = 0;
        engine.RunServerTurn(nowMillis =>
        {
            context.Begin(client.Session, nowMillis);
            RequestArgs args = batch.Get(0, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < calls; i++)
            {
                if (entry.Write is { } write)
                {
                    write(context, args);
                }
                else
                {
                    entry.Read!(context, args);
                }

                engine.TurnWriter.Buffer.Truncate(0);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        return allocated;
    }
}
