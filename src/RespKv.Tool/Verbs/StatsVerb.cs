using System.CommandLine;
using RespKv.Tool.Stats;

namespace RespKv.Tool.Verbs;

/// <summary>stats DIR</summary>
internal static class StatsVerb
{
    private const string Summary = "Says what a data directory holds: tables by level, keys by database, the log behind the checkpoint, and how much larger the tables are than what lives in them.";

    private const string Notes = """
        Never writes.

        Examples:
          respkv stats /var/lib/respkv
          respkv stats --exact --json /var/lib/respkv

        Without --exact nothing but the tables' indexes is read; keys are then estimates, and too high by what newer
        tables say about older ones.
        Exit codes: 0 fine; 1 the directory cannot be read; 3 what is to be read is corrupt (see check).
        """;

    internal static Command Create(ToolContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The data directory." };
        var exact = new Option<bool>("--exact") { Description = "Reads all tables: exact keys and sizes at the checkpoint." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new VerbCommand("stats", Summary, Notes);
        command.Arguments.Add(directory);
        command.Options.Add(exact);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            string path = ToolContext.FullPath(parsed.GetRequiredValue(directory));
            DirectoryStats stats = context.WithProgress(
                "Reading", bar => DirectoryStats.Read(context.Files, path, parsed.GetValue(exact), bar, context.Cancel));
            if (parsed.GetValue(json))
            {
                StatsOutput.WriteJson(context.Output, stats);
            }
            else
            {
                StatsOutput.Print(context, stats);
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
