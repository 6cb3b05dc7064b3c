using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Histories;

/// <summary>
/// What several connections see of a real server is explained by some order of their commands, and so is what is there after SIGKILL
/// in the middle.
/// </summary>
public sealed class ServerHistoryTests
{
    private const int Clients = 4;
    private const int Lives = 3;

    /// <summary>A life is as many calls long; the kill comes wherever the clients are then.</summary>
    private const int CallsPerLifeMax = 2000;

    private static readonly CommandMakerOptions FewKeys = new()
    {
        Keys = 6,
        Databases = 2,
        ValueBytesMax = 400,
        Expiry = ExpiryKind.Far,
        Transactions = true,
        WholeKeyspace = false,
    };

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(3, false, true)]
    public async Task What_connections_see_and_what_SIGKILL_leaves_can_be_explained(int seed, bool wholeKeyspace, bool collections)
    {
        var random = new Random(seed);
        await using TestServer server = await TestServer.StartAsync("--wal-segment-size", "64kb");
        var state = new ServerModel();
        for (int life = 0; life < Lives; life++)
        {
            var recorder = new HistoryRecorder();
            await RunUntilKilledAsync(server, recorder, random, FewKeys with { WholeKeyspace = wholeKeyspace, Collections = collections });
            await server.RestartAsync();
            using RawClient reader = await server.ConnectAsync();
            ServerModel found = await StateReader.ReadAsync(reader.CallAsync);

            HistoryVerdict verdict = HistoryChecker.Check(recorder.Take(), state, found);

            Assert.True(verdict.IsLinearizable, $"seed {seed}, life {life}: {verdict.Explanation}");
            state = found;
        }
    }

    private static async Task RunUntilKilledAsync(TestServer server, HistoryRecorder recorder, Random random, CommandMakerOptions options)
    {
        int calls = random.Next(CallsPerLifeMax / 2, CallsPerLifeMax);
        List<Task> clients = [.. Enumerable.Range(0, Clients).Select(i => RunClientAsync(server, recorder, i, new Random(random.Next()), options))];
        await Poll.UntilAsync($"{calls} calls were begun", () => recorder.Calls >= calls);
        await server.KillAsync();
        await Task.WhenAll(clients);
    }

    private static async Task RunClientAsync(TestServer server, HistoryRecorder recorder, int number, Random random, CommandMakerOptions options)
    {
        using RawClient connection = await server.ConnectAsync();
        var client = new HistoryClient(number, recorder, random, options, bytes => connection.SendRawAsync(bytes), connection.TryReadAsync);
        await client.RunAsync(() => true);
    }
}
