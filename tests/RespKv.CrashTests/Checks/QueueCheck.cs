using System.Globalization;
using RespKv.CrashTests.Loads;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Checks;

/// <summary>Holds the two lists of a queue against what was told of them, and empties them for the next life.</summary>
internal static class QueueCheck
{
    /// <param name="client">Has selected the database of the queue.</param>
    /// <param name="ledger">What was told.</param>
    public static async Task<SequenceVerdict> RunAsync(RawClient client, QueueLedger ledger)
    {
        long[] jobs = await ReadAsync(client, QueueLedger.Jobs);
        long[] done = await ReadAsync(client, QueueLedger.Done);
        QueueFindings findings = ledger.Judge(jobs, done);

        // A disk that is still full refuses nothing that gives room back, and what cannot be deleted is where the next life begins.
        RespValue deleted = await client.CallAsync("DEL", QueueLedger.Jobs, QueueLedger.Done);
        ledger.Begin(deleted.IsError ? jobs : [], deleted.IsError ? done : []);
        bool isWhole = findings is { LostAcknowledged: 0, LostShown: 0, Damaged: 0 };
        return new SequenceVerdict
        {
            Acknowledged = findings.Acknowledged,
            LostAcknowledged = findings.LostAcknowledged,
            LostShown = findings.LostShown,
            Damaged = findings.Damaged,
            Example = isWhole ? "" : $"the queue: {findings}; {jobs.Length} jobs, {done.Length} done, from {done.Concat(jobs).FirstOrDefault()} to {done.Concat(jobs).LastOrDefault()}",
        };
    }

    private static async Task<long[]> ReadAsync(RawClient client, string key)
        => [.. (await client.CallAsync("LRANGE", key, "0", "-1")).Items.Select(item => long.Parse(item.Text, CultureInfo.InvariantCulture))];
}
