using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Info;

/// <summary>INFO: figures of the server, in sections. What it does not have is left out or 0, never made up.</summary>
internal static class InfoCommand
{
    /// <summary>All sections in the order of the reply, whichever way they were asked for.</summary>
    private static readonly InfoSection[] Sections =
    [
        new("server", "Server", ServerSections.WriteServer),
        new("clients", "Clients", ServerSections.WriteClients),
        new("memory", "Memory", MemorySection.Write),
        new("persistence", "Persistence", PersistenceSection.Write),
        new("stats", "Stats", StatsSection.Write),
        new("replication", "Replication", ServerSections.WriteReplication),
        new("cpu", "CPU", ServerSections.WriteCpu),
        new("modules", "Modules", static (_, _) => { }),
        new("commandstats", "Commandstats", CommandSections.WriteCommandStats, IsDefault: false),
        new("errorstats", "Errorstats", CommandSections.WriteErrorStats),
        new("latencystats", "Latencystats", CommandSections.WriteLatencyStats, IsDefault: false),
        new("cluster", "Cluster", static (_, text) => text.Field("cluster_enabled", 0)),
        new("keyspace", "Keyspace", KeyspaceSection.Write),
    ];

    [Command("info", -1, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "1.0.0", Complexity = "O(1)",
        Summary = "Get information and statistics about the server", Syntax = "[section [section ...]]", Categories = "dangerous",
        Tips = "nondeterministic_output request_policy:all_shards response_policy:special")]
    internal static void Info(ReadContext c, RequestArgs args)
    {
        var text = new InfoText();
        foreach (InfoSection section in Sections)
        {
            if (IsAsked(section, args))
            {
                text.Section(section.Title);
                section.Write(c, text);
            }
        }

        c.Reply.Verbatim("txt"u8, text.ToUtf8());
    }

    private static bool IsAsked(InfoSection section, RequestArgs args)
    {
        if (args.Count == 1)
        {
            return section.IsDefault;
        }

        for (int i = 1; i < args.Count; i++)
        {
            ReadOnlySpan<byte> asked = args[i];
            if (asked.Is(section.NameUtf8) || asked.Is("all"u8) || asked.Is("everything"u8) || (section.IsDefault && asked.Is("default"u8)))
            {
                return true;
            }
        }

        return false;
    }
}
