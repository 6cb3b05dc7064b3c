using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;

namespace RespKv.Engine.Tests.Histories;

/// <summary>
/// What several clients see at the same time, on real threads, is explained by some order of their commands, and so is what is there
/// after a power cut in the middle (D1, D2, D5, D7).
/// </summary>
public sealed class EngineHistoryTests
{
    private const int Clients = 4;
    private const int Lives = 2;
    private const int CutsPerLife = 3;

    /// <summary>Calls to the file system between two power cuts, at most.</summary>
    private const int CallsMax = 300;

    private static readonly CommandMakerOptions FewKeys = new()
    {
        Keys = 5,
        Databases = 2,
        ValueBytesMax = 400,
        Expiry = ExpiryKind.Far,
        Transactions = true,
        WholeKeyspace = false,
    };

    private static readonly (string, string)[] CheckpointsAllTheTime = [("wal-segment-size", "64kb"), ("checkpoint-log-bytes", "1"), ("hz", "500")];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task What_clients_see_of_a_few_keys_and_what_is_left_can_be_explained(int seed) => LiveAsync(seed, FewKeys);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public Task What_clients_see_of_all_keys_at_once_can_be_explained(int seed) => LiveAsync(seed, FewKeys with { WholeKeyspace = true });

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public Task What_clients_see_of_collections_can_be_explained(int seed) => LiveAsync(seed, FewKeys with { Collections = true, Keys = 9 });

    [Fact]
    public Task What_clients_see_of_collections_while_checkpoints_go_on_can_be_explained()
        => LiveAsync(9, FewKeys with { Collections = true, Keys = 9 }, CheckpointsAllTheTime);

    [Fact]
    public Task What_clients_see_while_checkpoints_go_on_can_be_explained() => LiveAsync(5, FewKeys, CheckpointsAllTheTime);

    /// <summary>Segments that a block or two fill: records come to lie at their ends.</summary>
    [Fact]
    public Task What_clients_see_of_large_values_in_small_segments_can_be_explained()
        => LiveAsync(6, FewKeys with { ValueBytesMax = 12_000, LongValueOdds = 2 }, ("wal-segment-size", "64kb"));

    private static async Task LiveAsync(int seed, CommandMakerOptions options, params (string, string)[] settings)
    {
        var random = new Random(seed);
        var files = new SimulatedFileSystem();
        var state = new ServerModel();
        for (int life = 0; life < Lives; life++)
        {
            var recorder = new HistoryRecorder();
            IReadOnlyList<PowerCut> cuts = await RunAsync(files, recorder, random, options, settings);
            ServerModel start = state;
            foreach (PowerCut cut in cuts)
            {
                state = await RecoverAsync(cut.Files, settings);
                HistoryVerdict verdict = HistoryChecker.Check(recorder.TakeCopied(cut.Before, cut.After), start, state);
                Assert.True(verdict.IsLinearizable, $"seed {seed}, life {life}, power cut at {cut.Before}: {verdict.Explanation}");
            }

            files = cuts[^1].Files;
        }
    }

    /// <summary>Several clients at work, and what is left of the disk at some moments.</summary>
    private static async Task<IReadOnlyList<PowerCut>> RunAsync(
        SimulatedFileSystem files, HistoryRecorder recorder, Random random, CommandMakerOptions options, (string, string)[] settings)
    {
        await using EngineHost host = await EngineHost.OpenAsync(files, settings: settings);
        var cuts = new PowerCuts(files, recorder, random.Next());
        TestClient[] connections = [.. Enumerable.Range(0, Clients).Select(_ => host.Connect())];
        await Task.WhenAll(connections.Select((connection, i) =>
        {
            var client = new HistoryClient(
                i, recorder, new Random(random.Next()), options, bytes => Task.Run(() => connection.SendRaw(bytes)), async () => await connection.ReadAsync());
            return Task.Run(() => client.RunAsync(() => cuts.AreWanted));
        }));
        files.Calling = null;
        foreach (TestClient connection in connections)
        {
            connection.Dispose();
        }

        return cuts.Taken;
    }

    private static async Task<ServerModel> RecoverAsync(SimulatedFileSystem files, (string, string)[] settings)
    {
        await using EngineHost host = await EngineHost.OpenAsync(files, settings: settings);
        using TestClient reader = host.Connect();
        return await StateReader.ReadAsync(reader.CallAsync);
    }

    /// <param name="Before">What was answered before it had to be durable.</param>
    /// <param name="After">What was begun after it cannot be there.</param>
    private sealed record PowerCut(long Before, SimulatedFileSystem Files, long After);

    /// <summary>Cuts the power at random calls of the file system; the machine itself goes on.</summary>
    private sealed class PowerCuts
    {
        private readonly Lock _gate = new();
        private readonly SimulatedFileSystem _files;
        private readonly HistoryRecorder _recorder;
        private readonly Random _random;
        private readonly List<PowerCut> _taken = [];
        private int _callsLeft;

        public PowerCuts(SimulatedFileSystem files, HistoryRecorder recorder, int seed)
        {
            _files = files;
            _recorder = recorder;
            _random = new Random(seed);
            _callsLeft = _random.Next(CallsMax);
            files.Calling = (_, _) => CountCall();
        }

        public IReadOnlyList<PowerCut> Taken
        {
            get
            {
                lock (_gate)
                {
                    return [.. _taken];
                }
            }
        }

        public bool AreWanted => Taken.Count < CutsPerLife;

        private void CountCall()
        {
            lock (_gate)
            {
                if (_taken.Count < CutsPerLife && --_callsLeft < 0)
                {
                    long before = _recorder.Mark();
                    SimulatedFileSystem left = _files.Crash(_random.Next());
                    _taken.Add(new PowerCut(before, left, _recorder.Mark()));
                    _callsLeft = _random.Next(CallsMax);
                }
            }
        }
    }
}
