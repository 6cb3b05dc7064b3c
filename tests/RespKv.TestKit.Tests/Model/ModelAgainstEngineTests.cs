using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Model;

namespace RespKv.TestKit.Tests.Model;

/// <summary>The engine does what the model says, at every moment of a clock that the test moves.</summary>
public sealed class ModelAgainstEngineTests
{
    private const int Commands = 6000;

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(3, true, true)]
    public async Task Random_commands_are_answered_as_the_model_says(int seed, bool transactions, bool collections)
    {
        var time = new ManualTimeProvider();
        var random = new Random(seed);
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        TestClient[] clients = [host.Connect(), host.Connect(), host.Connect()];
        var run = new ModelRun(seed, new CommandMakerOptions { Transactions = transactions, Collections = collections, NowMillis = NowMillis, BinaryValues = true });
        Execute[] connections = [.. clients.Select<TestClient, Execute>(client => async command =>
        {
            time.Advance(TimeSpan.FromMilliseconds(random.Next(20)));
            return (await client.CallAsync(command), NowMillis());
        })];

        await run.ExecuteAsync(Commands, connections);

        using TestClient reader = host.Connect();
        ModelRun.AssertSame(run.Model, await StateReader.ReadAsync(reader.CallAsync), NowMillis());
        foreach (TestClient client in clients)
        {
            client.Dispose();
        }

        long NowMillis() => time.GetUtcNow().ToUnixTimeMilliseconds();
    }
}
