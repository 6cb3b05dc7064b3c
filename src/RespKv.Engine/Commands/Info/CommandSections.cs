using System.Globalization;
using RespKv.Engine.Commit;
using RespKv.Engine.Execution;

namespace RespKv.Engine.Commands.Info;

/// <summary>INFO commandstats, errorstats and latencystats: one line for each command or error that was seen.</summary>
internal static class CommandSections
{
    public static void WriteCommandStats(ReadContext c, InfoText text)
    {
        foreach (CommandEntry entry in c.Engine.Commands.AllWithSubcommands())
        {
            if (entry.Calls == 0 && entry.RejectedCalls == 0 && entry.FailedCalls == 0)
            {
                continue;
            }

            double perCall = entry.Calls == 0 ? 0 : (double)entry.Micros / entry.Calls;
            text.Field(
                $"cmdstat_{entry.Name}",
                FormattableString.Invariant($"calls={entry.Calls},usec={entry.Micros},usec_per_call={perCall:F2},rejected_calls={entry.RejectedCalls},failed_calls={entry.FailedCalls}"));
        }
    }

    public static void WriteErrorStats(ReadContext c, InfoText text)
    {
        foreach ((string code, long count) in c.Engine.Stats.Errors.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            text.Field($"errorstat_{code}", $"count={count}");
        }
    }

    public static void WriteLatencyStats(ReadContext c, InfoText text)
    {
        foreach (CommandEntry entry in c.Engine.Commands.AllWithSubcommands())
        {
            if (entry.LatencyMicros is { Total: > 0 } latency)
            {
                text.Field($"latency_percentiles_usec_{entry.Name}", Percentiles(latency, c.Engine.Config.LatencyPercentiles));
            }
        }
    }

    private static string Percentiles(LogHistogram latency, string percentiles)
        => string.Join(',', percentiles.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p =>
            FormattableString.Invariant($"p{p}={(double)latency.Quantile(double.Parse(p, CultureInfo.InvariantCulture) / 100):F3}")));
}
