using RespKv.Engine.Commit;
using RespKv.Engine.Execution;
using RespKv.Engine.Observation;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>LATENCY: spikes above latency-monitor-threshold, and how long each command takes.</summary>
[Command("latency", -2, CommandFlags.None, Group = "server", Since = "2.8.13", Complexity = "Depends on subcommand.",
    Summary = "A container for latency diagnostics commands")]
internal static class LatencyCommands
{
    internal const CommandFlags OfAdministrators = CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    internal const string ReadTips = "nondeterministic_output request_policy:all_nodes response_policy:special";

    private static readonly string[] HelpLines =
    [
        "DOCTOR",
        "    Return a human readable latency analysis report.",
        "GRAPH <event>",
        "    Return an ASCII latency graph for the <event> class.",
        "HISTORY <event>",
        "    Return time-latency samples for the <event> class.",
        "LATEST",
        "    Return the latest latency samples for all events.",
        "RESET [<event> ...]",
        "    Reset latency data of one or more <event> classes.",
        "    (default: reset all data for all event classes)",
        "HISTOGRAM [COMMAND ...]",
        "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
        "    If no commands are specified then all histograms are replied.",
    ];

    [Command("latency|latest", 2, OfAdministrators, Group = "server", Since = "2.8.13", Complexity = "O(1)",
        Summary = "Return the latest latency samples for all events.", Tips = ReadTips)]
    internal static void Latest(ReadContext c, RequestArgs args)
    {
        _ = args;
        IReadOnlyDictionary<string, LatencyEvent> events = c.Engine.Latency.Events;
        c.Reply.ArrayHeader(events.Count);
        foreach ((string name, LatencyEvent latencyEvent) in events)
        {
            (long unixSeconds, long millis) = latencyEvent.Samples[^1];
            c.Reply.ArrayHeader(4);
            c.Reply.Bulk(name);
            c.Reply.Integer(unixSeconds);
            c.Reply.Integer(millis);
            c.Reply.Integer(latencyEvent.MaxMillis);
        }
    }

    [Command("latency|history", 3, OfAdministrators, Group = "server", Since = "2.8.13", Complexity = "O(1)",
        Summary = "Return timestamp-latency samples for the event.", Syntax = "event", Tips = ReadTips)]
    internal static void History(ReadContext c, RequestArgs args)
    {
        IReadOnlyList<(long UnixSeconds, long Millis)> samples
            = c.Engine.Latency.Events.TryGetValue(ArgumentText.Of(args[2]), out LatencyEvent? latencyEvent) ? latencyEvent.Samples : [];
        c.Reply.ArrayHeader(samples.Count);
        foreach ((long unixSeconds, long millis) in samples)
        {
            c.Reply.ArrayHeader(2);
            c.Reply.Integer(unixSeconds);
            c.Reply.Integer(millis);
        }
    }

    [Command("latency|reset", -2, OfAdministrators, Group = "server", Since = "2.8.13", Complexity = "O(1)",
        Summary = "Reset latency data for one or more events.", Syntax = "[event [event ...]]",
        Tips = "request_policy:all_nodes response_policy:all_succeeded")]
    internal static void Reset(ReadContext c, RequestArgs args)
    {
        int count = args.Count == 2 ? c.Engine.Latency.Reset(null) : 0;
        for (int i = 2; i < args.Count; i++)
        {
            count += c.Engine.Latency.Reset(ArgumentText.Of(args[i]));
        }

        c.Reply.Integer(count);
    }

    [Command("latency|histogram", -2, OfAdministrators, Group = "server", Since = "7.0.0",
        Complexity = "O(N) where N is the number of commands with latency information being retrieved.",
        Summary = "Return the cumulative distribution of latencies of a subset of commands or all.", Syntax = "[command [command ...]]", Tips = ReadTips)]
    internal static void Histogram(ReadContext c, RequestArgs args)
    {
        List<CommandEntry> entries = [.. Chosen(c.Engine.Commands, args).Where(entry => entry.LatencyMicros is { Total: > 0 })];
        c.Reply.MapHeader(entries.Count);
        foreach (CommandEntry entry in entries)
        {
            c.Reply.Bulk(entry.Name);
            WriteHistogram(c.Reply, entry.LatencyMicros!);
        }
    }

    [Command("latency|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "2.8.13", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands.")]
    internal static void Help(ReadContext c, RequestArgs args)
    {
        _ = args;
        HelpReply.Write(c, "LATENCY", HelpLines);
    }

    /// <summary>The named commands, a container with its subcommands; all of them when none is named. Unknown names are passed over.</summary>
    private static List<CommandEntry> Chosen(CommandTable commands, RequestArgs args)
    {
        if (args.Count == 2)
        {
            return [.. commands.AllWithSubcommands()];
        }

        var chosen = new List<CommandEntry>();
        for (int i = 2; i < args.Count; i++)
        {
            if (Introspection.CommandCommands.FindByFullName(commands, args[i]) is { } entry)
            {
                chosen.Add(entry);
                chosen.AddRange(entry.Subcommands?.All ?? []);
            }
        }

        return chosen;
    }

    /// <summary>Upper bounds are powers of two, in microseconds; counts are cumulative, and only bounds that add something are told.</summary>
    private static void WriteHistogram(RespWriter reply, LogHistogram histogram)
    {
        var buckets = new List<(long UpperMicros, long Count)>();
        long seen = 0;
        for (long upper = 1; seen < histogram.Total && upper > 0; upper *= 2)
        {
            long count = histogram.CountBelow(upper);
            if (count > seen)
            {
                buckets.Add((upper, count));
                seen = count;
            }
        }

        reply.MapHeader(2);
        reply.Bulk("calls"u8);
        reply.Integer(histogram.Total);
        reply.Bulk("histogram_usec"u8);
        reply.MapHeader(buckets.Count);
        foreach ((long upper, long count) in buckets)
        {
            reply.Integer(upper);
            reply.Integer(count);
        }
    }
}
