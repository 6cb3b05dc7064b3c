using System.Diagnostics;
using System.Net.Sockets;
using RespKv.CrashTests.Checks;
using RespKv.CrashTests.Loads;
using RespKv.CrashTests.Reports;
using RespKv.CrashTests.Strikes;
using RespKv.Protocol;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests;

/// <summary>One life of a server: load, strike, restart, check. The server runs before and after.</summary>
internal sealed class Cycle
{
    /// <summary>On a full disk refusals are part of the game, and what was not answered may be any subset: as many as <see cref="SequenceCheck.SubsetOperationsMax"/>.</summary>
    private const int DepthOnFullDisk = SequenceCheck.SubsetOperationsMax;

    /// <summary>One in so many lives may be struck before anything was acknowledged.</summary>
    private const int ColdOdds = 8;

    /// <summary>Log bytes after which a checkpoint is made: all the time, now and then, never.</summary>
    private static readonly string[] CheckpointBytes = ["32kb", "2mb", "0"];

    private static readonly TimeSpan WarmDeadline = TimeSpan.FromSeconds(3);

    private readonly Options _options;
    private readonly Subject _subject;
    private readonly StrikeKind _kind;
    private readonly Random _random;
    private readonly Striker _striker;
    private readonly Scenario _scenario;
    private readonly List<string> _complaints = [];

    public Cycle(Options options, Subject subject, StrikeKind kind, int seed)
    {
        _options = options;
        _subject = subject;
        _kind = kind;
        _random = new Random(seed);
        _striker = new Striker(subject);
        _scenario = new Scenario(subject, _striker, kind, _random);
    }

    /// <summary>What was acknowledged may be gone: then only the history itself can be judged, not what came of it.</summary>
    private bool MayLose => Promise.AllowsLoss(_options, _kind, poweredOff: _striker.Cuts > 0);

    public async Task<CycleResult> RunAsync()
    {
        await TuneAsync();
        var watch = Stopwatch.StartNew();
        Load? load = _kind == StrikeKind.First ? null : await StartLoadAsync();
        await _scenario.RunAsync();
        TimeSpan loaded = watch.Elapsed;
        History history = load is null ? new History([]) : await load.EndAsync();

        CycleResult result = await RecoverAndCheckAsync(history);
        if (_kind == StrikeKind.Recovered && result.Failures == 0)
        {
            await _striker.StrikeAsync(Means.Power);
            CycleResult second = await RecoverAndCheckAsync(new History([]));
            result = result with
            {
                Sequences = result.Sequences + second.Sequences,
                Violations = result.Violations + second.Violations,
                Failures = result.Failures + second.Failures,
            };
        }

        if (_scenario.EndedByItself)
        {
            _complaints.Add($"It ended by itself. {_scenario.Note}");
            result = result with { Failures = result.Failures + 1 };
        }

        return result with
        {
            Kills = _striker.Kills,
            Cuts = _striker.Cuts,
            DiskErrors = _striker.DiskErrors,
            Reads = load?.Reads ?? 0,
            HistoryCalls = history.Entries.Count,
            Load = loaded,
            Note = _scenario.Note,
            Complaint = string.Join("\n", _complaints),
        };
    }

    /// <summary>Returns at the moment of the strike.</summary>
    private async Task<Load> StartLoadAsync()
    {
        int depth = _kind == StrikeKind.Full ? Math.Min(DepthOnFullDisk, _options.Depth) : _options.Depth;
        var load = Load.Start(_options, _subject.Server.Port, _subject.Ledgers, _subject.Queue, depth, _subject.HasBlocks, _random);
        if (_random.Next(ColdOdds) != 0)
        {
            await Waiting.ForAsync(WarmDeadline, () => _subject.Server.Process.HasExited || _subject.Ledgers.All(ledger => ledger.Answered > 0));
        }

        // Short loads as often as long ones.
        await Task.Delay(_random.Next(1 + _random.Next(_options.LoadMillis)));
        return load;
    }

    private async Task TuneAsync()
    {
        if (_subject.IsOurs)
        {
            // A checkpoint gives room back: a disk stays full without.
            string bytes = _kind switch
            {
                StrikeKind.Checkpoint => CheckpointBytes[0],
                StrikeKind.Full => CheckpointBytes[^1],
                _ => CheckpointBytes[_random.Next(CheckpointBytes.Length)],
            };
            using RawClient client = await _subject.Server.ConnectAsync();
            await client.CallAsync("CONFIG", "SET", "checkpoint-log-bytes", bytes);
        }
    }

    private async Task<CycleResult> RecoverAndCheckAsync(History history)
    {
        await _striker.PowerUpAsync();
        bool roomFirst = _random.Next(2) == 0;
        if (roomFirst)
        {
            _subject.Ground.MakeRoom();
        }

        await _subject.SaveEvidenceAsync();
        try
        {
            await _subject.RestartAsync();
            CycleResult result = await LifeCheck.RunAsync(_options, _subject, history, mayLose: MayLose, refusals: _kind == StrikeKind.Full);
            if (result.Complaint.Length > 0)
            {
                _complaints.Add(result.Complaint);
            }

            if (!roomFirst)
            {
                _subject.Ground.MakeRoom();
            }

            return _kind != StrikeKind.Full || await HealAsync() ? result : result with { Failures = 1 };
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or SocketException or IOException)
        {
            _complaints.Add($"It did not start, or did not stay: {e.Message}");
            long acknowledged = _subject.Ledgers.Sum(ledger => ledger.Answered - ledger.Refused);
            return new CycleResult { Failures = 1, Sequences = new SequenceVerdict { Acknowledged = acknowledged } };
        }
    }

    /// <summary>There is room again: writes have to be accepted again. False when they are not.</summary>
    private async Task<bool> HealAsync()
    {
        using RawClient client = await _subject.Server.ConnectAsync();
        try
        {
            await Poll.UntilAsync("writes are accepted again", async () =>
            {
                RespValue reply = await client.CallAsync("SET", "healed", "x");
                return !reply.IsError;
            });
        }
        catch (TimeoutException e)
        {
            _complaints.Add(e.Message);
            return false;
        }

        await client.CallAsync("DEL", "healed");
        return true;
    }
}
