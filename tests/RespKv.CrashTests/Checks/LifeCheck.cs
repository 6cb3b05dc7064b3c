using RespKv.CrashTests.Loads;
using RespKv.CrashTests.Reports;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Checks;

/// <summary>Reads everything back from a restarted server and judges the life before. What was found is where the next life begins.</summary>
internal static class LifeCheck
{
    /// <param name="mayLose">What was acknowledged may be gone: then the history can be judged, but not what came of it.</param>
    /// <param name="refusals">As for <see cref="SequenceCheck.Judge"/>.</param>
    public static async Task<CycleResult> RunAsync(Options options, Subject subject, History history, bool mayLose, bool refusals)
    {
        using RawClient client = await subject.Server.ConnectAsync();
        await client.CallAsync("SELECT", Database.OfSequences(options));
        SequenceVerdict queue = await QueueCheck.RunAsync(client, subject.Queue);
        SequenceVerdict sequences = queue + await CheckSequencesAsync(options, subject, client, refusals);
        HistoryVerdict verdict = await CheckHistoryAsync(options, subject, client, history, mayLose);
        if (options.AppendFsync != "always")
        {
            // What a weaker setting may lose is what is written from here on.
            await subject.Ground.SyncAsync();
        }

        bool violated = verdict is { IsLinearizable: false, GaveUp: false };
        return new CycleResult
        {
            Sequences = sequences,
            Violations = violated ? 1 : 0,
            Undecided = verdict.GaveUp ? 1 : 0,
            Recovery = subject.LastStart,
            Complaint = string.Join('\n', new[] { sequences.Example, violated ? verdict.Explanation : "" }.Where(text => text.Length > 0)),
        };
    }

    private static async Task<SequenceVerdict> CheckSequencesAsync(Options options, Subject subject, RawClient client, bool refusals)
    {
        var sum = new SequenceVerdict();
        long known = (await client.CallAsync("EXISTS", QueueLedger.Jobs, QueueLedger.Done)).Integer;
        foreach (SequenceLedger ledger in subject.Ledgers)
        {
            Dictionary<string, string> found = await Contents.ReadAsync(client, ledger.Plan.Keys);
            sum += SequenceCheck.Judge(ledger, found, refusals);
            ledger.Begin(found);
            known += found.Count;
        }

        long strange = (await client.CallAsync("DBSIZE")).Integer - known;
        return strange == 0 ? sum : sum + new SequenceVerdict { Damaged = strange, Example = $"{strange} keys are there that nobody wrote" };
    }

    private static async Task<HistoryVerdict> CheckHistoryAsync(Options options, Subject subject, RawClient client, History history, bool mayLose)
    {
        if (options.Histories == 0)
        {
            return new HistoryVerdict(IsLinearizable: true, GaveUp: false, "");
        }

        ServerModel end = await HistoryCheck.ReadStateAsync(client);
        HistoryVerdict verdict = HistoryCheck.Judge(history, subject.HistoryStart, mayLose ? null : end);
        subject.HistoryStart = end;
        return verdict;
    }
}
