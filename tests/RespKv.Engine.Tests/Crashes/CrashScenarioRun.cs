using System.Globalization;
using RespKv.Engine.Tests.Commands;
using RespKv.Protocol;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Crashes;

/// <summary>Runs one scenario on disks that crash.</summary>
internal sealed class CrashScenarioRun(CrashScenario scenario)
{
    private const string DataDirectory = "/data";
    private static readonly TimeSpan SyncTimeout = TimeSpan.FromSeconds(30);

    public async Task RunAsync()
    {
        await AcknowledgedAsync();
        await NotYetAcknowledgedAsync();
        await OverTablesAsync(savesBefore: true, savesBehind: false);
        await OverTablesAsync(savesBefore: true, savesBehind: true);
        await OverTablesAsync(savesBefore: false, savesBehind: true);
    }

    /// <summary>The kinds of mutations that the scenario logs.</summary>
    public async Task<HashSet<MutationKind>> KindsAsync()
    {
        var files = new SimulatedFileSystem();
        var time = new ManualTimeProvider();
        await using (EngineHost host = await OpenAsync(files, time))
        {
            using var clients = new Clients(host, time);
            clients.Run(scenario.Steps);
        }

        var kinds = new Kinds();
        using ManifestStore manifest = ManifestStore.Open(files, DataDirectory);

        var start = new WalStart(manifest.State.LogId, manifest.State.CheckpointLsn);
        WalLog.Open(files, DataDirectory, new WalOptions(1 << 20, PrepareSpare: false), start, kinds, CancellationToken.None).Dispose();
        return kinds.Found;
    }

    /// <summary>D1, D2: a client was told of it.</summary>
    private async Task AcknowledgedAsync()
    {
        var files = new SimulatedFileSystem();
        var time = new ManualTimeProvider();
        await using EngineHost host = await OpenAsync(files, time);
        using var clients = new Clients(host, time);
        clients.Run(Before());
        string before = KeyspaceText.Lines(host.Engine);
        clients.Run(Behind());
        clients.AssertAllAnswered();
        string after = KeyspaceText.Lines(host.Engine);

        Assert.NotEqual(before, after);
        await AssertRecoversAsync(files.Crash(1, CrashOdds.NothingKept), time, after);
        await AssertRecoversAsync(files.Crash(2), time, after);
        await AssertRecoversAsync(files.Kill(), time, after);
    }

    /// <summary>D1, D7: nobody was told of the last command. It is there whole or not at all.</summary>
    private async Task NotYetAcknowledgedAsync()
    {
        var files = new SimulatedFileSystem();
        var time = new ManualTimeProvider();
        await using EngineHost host = await OpenAsync(files, time);
        using var clients = new Clients(host, time);
        clients.Run(scenario.Steps.Take(scenario.Steps.Count - 1));
        string before = KeyspaceText.Lines(host.Engine);
        files.HoldSyncs();
        clients.Send(scenario.Steps[^1]);
        Assert.True(files.WaitForHeldSync(SyncTimeout), "the command has not led to a sync");
        string after = KeyspaceText.Lines(host.Engine);

        Assert.True(clients.NothingIsAnswered, "a client was told of what is not durable");
        await AssertRecoversAsync(files.Crash(1, CrashOdds.NothingKept), time, before, after);
        await AssertRecoversAsync(files.Crash(2, CrashOdds.AllKept), time, before, after);
        await AssertRecoversAsync(files.Crash(3), time, before, after);
        files.ReleaseSyncs();
        clients.AssertAllAnswered();
    }

    /// <summary>D6: what it changed is in a table, what it did in the log or in another table.</summary>
    private async Task OverTablesAsync(bool savesBefore, bool savesBehind)
    {
        var files = new SimulatedFileSystem();
        var time = new ManualTimeProvider();
        await using EngineHost host = await OpenAsync(files, time);
        using var clients = new Clients(host, time);
        clients.Run(Before());
        clients.SaveIf(savesBefore);
        clients.Run(Behind());
        clients.AssertAllAnswered();
        clients.SaveIf(savesBehind);
        string after = KeyspaceText.Lines(host.Engine);

        await AssertRecoversAsync(files.Crash(1, CrashOdds.NothingKept), time, after);
    }

    private IEnumerable<CrashStep> Before() => scenario.Steps.TakeWhile(step => step.Kind is CrashStepKind.Setup or CrashStepKind.Clock);

    private IEnumerable<CrashStep> Behind() => scenario.Steps.SkipWhile(step => step.Kind is CrashStepKind.Setup or CrashStepKind.Clock);

    private static Task<EngineHost> OpenAsync(SimulatedFileSystem files, ManualTimeProvider time)
        => EngineHost.OpenAsync(files, time, ("enable-debug-command", "yes"));

    private static async Task AssertRecoversAsync(SimulatedFileSystem files, ManualTimeProvider time, params string[] allowed)
    {
        await using EngineHost host = await OpenAsync(files, time);
        Assert.Contains(KeyspaceText.Lines(host.Engine), allowed);
    }

    /// <summary>The client of the scenario, and those that wait.</summary>
    private sealed class Clients(EngineHost host, ManualTimeProvider time) : IDisposable
    {
        private readonly TestClient _client = host.Connect();
        private readonly List<TestClient> _waiting = [];
        private bool _isSent;

        public bool NothingIsAnswered => !_client.TryRead(out _) && _waiting.TrueForAll(client => !client.TryRead(out _));

        public void Run(IEnumerable<CrashStep> steps)
        {
            foreach (CrashStep step in steps)
            {
                if (step.Kind is CrashStepKind.Setup or CrashStepKind.Tested)
                {
                    AssertIsNoError(_client.Call(step.Words), step);
                }
                else
                {
                    Send(step);
                }
            }
        }

        public void Send(CrashStep step)
        {
            switch (step.Kind)
            {
                case CrashStepKind.Clock:
                    time.Advance(TimeSpan.FromMilliseconds(int.Parse(step.Words[0], CultureInfo.InvariantCulture)));
                    break;
                case CrashStepKind.Waiting:
                    TestClient client = host.Connect();
                    _waiting.Add(client);
                    client.Send(step.Words);
                    break;
                default:
                    _client.Send(step.Words);
                    _isSent = true;
                    break;
            }
        }

        public void SaveIf(bool saves)
        {
            if (saves)
            {
                Assert.Equal("OK", _client.Run("SAVE").Text);
            }
        }

        public void AssertAllAnswered()
        {
            IEnumerable<TestClient> open = _isSent ? [_client, .. _waiting] : _waiting;
            Assert.All(open, client => Assert.False(client.ReadAsync().GetAwaiter().GetResult().IsError));
            _isSent = false;
            _waiting.Clear();
        }

        public void Dispose() => _client.Dispose();

        private static void AssertIsNoError(RespValue reply, CrashStep step)
            => Assert.False(reply.IsError, $"{string.Join(' ', step.Words.Take(5))}: {reply.Text}");
    }

    private sealed class Kinds : IWalReplay
    {
        public HashSet<MutationKind> Found { get; } = [];

        public void Apply(long lsn, ReadOnlySpan<byte> record)
        {
            var mutation = new MutationReader(record);
            while (mutation.Read())
            {
                Found.Add(mutation.Kind);
            }
        }

        public void Progress(in WalReplayProgress progress)
        {
        }
    }
}
