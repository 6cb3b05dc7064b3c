using System.Diagnostics;
using RespKv.CrashTests.Reports;
using RespKv.CrashTests.Strikes;

namespace RespKv.CrashTests;

/// <summary>Cycle after cycle, and the table at the end.</summary>
internal sealed class Run(Options options, bool hasDisk) : IAsyncDisposable
{
    /// <summary>Lives of one data directory.</summary>
    private const int LivesMax = 25;

    private readonly Dictionary<StrikeKind, Tally> _tallies = [];
    private readonly Tally _total = new("all");
    private readonly Dictionary<bool, Subject> _subjects = [];
    private bool _isGood = true;

    /// <summary>True when all was as promised.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<StrikeKind> strikes)
    {
        Say($"== {options.Title}: seed {options.Seed}, {options.Connections} writers, {options.Histories} clients with a history, data on {(hasDisk ? "an ext4 on a loop device" : "this machine's disk")}");
        var watch = Stopwatch.StartNew();
        for (int cycle = 0; cycle < options.Cycles && watch.Elapsed.TotalSeconds < options.Seconds; cycle++)
        {
            StrikeKind kind = strikes[cycle % strikes.Count];
            CycleResult result = await RunCycleAsync(kind, unchecked(options.Seed + (cycle * 7919)));
            Count(kind, result);
            Say(Describe(cycle, kind, result));
        }

        Say($"{_total.Cycles} cycles in {watch.Elapsed.TotalSeconds:F0} s\n");
        Say(Tally.Header);
        foreach ((_, Tally tally) in _tallies)
        {
            Say(tally.ToRow());
        }

        Say(_total.ToRow());
        foreach ((StrikeKind kind, Tally tally) in _tallies.Where(pair => pair.Value.ToNotes().Length > 0))
        {
            Say($"{NameOf(kind)}: {tally.ToNotes()}");
        }

        Say(_isGood ? $"As {options.AppendFsync} promises." : $"NOT as {options.AppendFsync} promises.");
        return _isGood;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Subject subject in _subjects.Values)
        {
            await subject.DisposeAsync();
        }
    }

    private async Task<CycleResult> RunCycleAsync(StrikeKind kind, int seed)
    {
        Subject subject = await SubjectOfAsync(kind);
        if (subject.Lives is < 0 or >= LivesMax)
        {
            await subject.BeginDirectoryAsync(seed);
        }

        CycleResult result = await new Cycle(options, subject, kind, seed).RunAsync();
        if (!result.IsWhole || (!result.IsKept && !Promise.AllowsLoss(options, kind, poweredOff: result.Cuts > 0)))
        {
            await ShowAsync(subject, seed);
            _isGood = false;

            // What follows from one finding is not counted as further ones.
            await subject.EndAsync();
        }

        return result;
    }

    private async Task<Subject> SubjectOfAsync(StrikeKind kind)
    {
        bool failing = kind == StrikeKind.Writeback;
        if (!_subjects.TryGetValue(failing, out Subject? subject))
        {
            subject = new Subject(options, failing ? await Ground.CreateFailingAsync() : await Ground.CreateAsync(hasDisk));
            _subjects.Add(failing, subject);
        }

        return subject;
    }

    private void Count(StrikeKind kind, CycleResult result)
    {
        if (!_tallies.TryGetValue(kind, out Tally? tally))
        {
            tally = new Tally(NameOf(kind));
            _tallies.Add(kind, tally);
        }

        tally.Add(result);
        _total.Add(result);
    }

    /// <summary>Says the server's last words and keeps what it left.</summary>
    private async Task ShowAsync(Subject subject, int seed)
    {
        foreach (string line in subject.Server.Process.Lines.TakeLast(12))
        {
            Say($"      its log: {line}");
        }

        if (options.Keep is { } place)
        {
            Say($"      kept in {await subject.KeepAsync(place, $"seed-{seed}")}");
        }
    }

    private string Describe(int cycle, StrikeKind kind, CycleResult result)
    {
        string found = $"lost {result.Sequences.LostAcknowledged} acknowledged, {result.Sequences.LostShown} shown";
        string wrong = result.IsWhole ? "" : $"; damaged {result.Sequences.Damaged}, partial {result.Sequences.Partial}, violations {result.Violations}, server failures {result.Failures}";
        string note = result.Note.Length == 0 ? "" : $" ({result.Note})";
        string line = $"{cycle + 1,4} {NameOf(kind),-10} {BlowsOf(result),-15} after {result.Load.TotalSeconds:F2} s{note}: "
            + $"{result.Sequences.Acknowledged:N0} acknowledged, {result.Reads:N0} reads, {result.HistoryCalls} calls; up in {result.Recovery.TotalSeconds:F2} s; {found}{wrong}";
        return result.Complaint.Length == 0 ? line : $"{line}\n      {result.Complaint.Replace("\n", "\n      ", StringComparison.Ordinal)}";
    }

    private static string BlowsOf(CycleResult result)
    {
        (int Count, string Name)[] blows = [(result.Kills, "kill"), (result.Cuts, "cut"), (result.DiskErrors, "error")];
        return string.Join(", ", blows.Where(blow => blow.Count > 0).Select(blow => $"{blow.Count} {blow.Name}{(blow.Count > 1 ? "s" : "")}"));
    }

    private static string NameOf(StrikeKind kind) => kind.ToString().ToLowerInvariant();

    private static void Say(string line) => Console.WriteLine(line);
}
