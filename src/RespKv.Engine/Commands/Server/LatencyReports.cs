using System.Text;
using RespKv.Engine.Execution;
using RespKv.Engine.Observation;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>LATENCY DOCTOR and LATENCY GRAPH: the latency events in words and as a picture.</summary>
internal static class LatencyReports
{
    private const int GraphColumns = 80;
    private const int GraphRows = 4;

    [Command("latency|doctor", 2, LatencyCommands.OfAdministrators, Group = "server", Since = "2.8.13", Complexity = "O(1)",
        Summary = "Return a human readable latency analysis report.", Tips = LatencyCommands.ReadTips)]
    internal static void Doctor(ReadContext c, RequestArgs args)
    {
        _ = args;
        IReadOnlyDictionary<string, LatencyEvent> events = c.Engine.Latency.Events;
        var text = new StringBuilder();
        if (events.Count == 0)
        {
            text.Append(c.Engine.Config.LatencyMonitorThresholdMillis == 0
                ? "Latency monitoring is off. Use \"CONFIG SET latency-monitor-threshold <milliseconds>\" to turn it on.\n"
                : "No latency spike has been observed.\n");
        }
        else
        {
            foreach ((string name, LatencyEvent latencyEvent) in events)
            {
                AppendEvent(text, name, latencyEvent);
            }

            text.Append("\nSLOWLOG GET shows the commands themselves; wal_fsync_usec_* in INFO persistence shows how long the disk takes.\n");
        }

        c.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text.ToString()));
    }

    [Command("latency|graph", 3, LatencyCommands.OfAdministrators, Group = "server", Since = "2.8.13", Complexity = "O(1)",
        Summary = "Return a latency graph for the event.", Syntax = "event", Tips = LatencyCommands.ReadTips)]
    internal static void Graph(ReadContext c, RequestArgs args)
    {
        string name = ArgumentText.Of(args[2]);
        if (!c.Engine.Latency.Events.TryGetValue(name, out LatencyEvent? latencyEvent))
        {
            c.Fail($"ERR No samples available for event '{ArgumentText.Shorten(args[2])}'");
            return;
        }

        var text = new StringBuilder();
        AppendGraph(text, name, latencyEvent);
        c.Reply.Verbatim("txt"u8, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void AppendEvent(StringBuilder text, string name, LatencyEvent latencyEvent)
    {
        double average = latencyEvent.Samples.Average(s => (double)s.Millis);
        double deviation = latencyEvent.Samples.Average(s => Math.Abs(s.Millis - average));
        long seconds = latencyEvent.Samples[^1].UnixSeconds - latencyEvent.Samples[0].UnixSeconds;
        double period = (double)seconds / latencyEvent.Samples.Count;
        text.Append($"{name}: {latencyEvent.Samples.Count} latency spikes (average {average:F0}ms, mean deviation {deviation:F0}ms, period {period:F2} sec). Worst all time event {latencyEvent.MaxMillis}ms.\n");
    }

    /// <summary>A column per sample, newest at the right; heights from the lowest to the highest sample shown.</summary>
    private static void AppendGraph(StringBuilder text, string name, LatencyEvent latencyEvent)
    {
        long[] shown = [.. latencyEvent.Samples.TakeLast(GraphColumns).Select(s => s.Millis)];
        long low = shown.Min();
        long high = shown.Max();
        text.Append($"{name} - high {high} ms, low {low} ms (all time high {latencyEvent.MaxMillis} ms)\n");
        text.Append('-', GraphColumns).Append('\n');
        for (int row = GraphRows - 1; row >= 0; row--)
        {
            foreach (long millis in shown)
            {
                double height = high == low ? 1 : (double)(millis - low) / (high - low);
                text.Append(height * (GraphRows - 1) >= row ? '#' : ' ');
            }

            text.Append('\n');
        }
    }
}
