using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RespKv.Tool.Check;
using RespKv.Tool.Output;
using RespKv.Tool.Repair;

namespace RespKv.Tool.Verbs;

/// <summary>repair DIR TARGET</summary>
internal static class RepairVerb
{
    /// <summary>On the screen; REPAIR.txt has more.</summary>
    private const int LinesShownMax = 20;

    private const string Summary = "Writes a new data directory with all that can be proved of a damaged one.";

    private const string Notes = """
        Never works in place: DIR is only read, and TARGET must not exist or be an empty directory. What was left out is told in TARGET/REPAIR.txt.

        Examples:
          respkv repair /var/lib/respkv /var/lib/respkv.repaired
          respkv repair --beyond-hole /var/lib/respkv /var/lib/respkv.repaired

        The log is taken up to its first hole. --beyond-hole takes what is sound behind holes, too: then what was lost in
        between is skipped, and the result may be a state that never was.
        Exit codes: 0 nothing was left out; 1 wrong usage, or an I/O error; 2 only a torn tail was left out; 3 something was
        lost or could not be proved.
        """;

    internal static Command Create(ToolContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The damaged data directory. No server may work in it." };
        var target = new Argument<string>("TARGET") { Description = "The new data directory." };
        var beyond = new Option<bool>("--beyond-hole") { Description = "Takes log records behind holes, too." };
        var database = new Option<string[]>("--database")
        {
            Description = "Where the manifest is lost: which space of the tables a database had. May be repeated.",
            HelpName = "database=space",
        };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        database.Validators.Add(result =>
        {
            foreach (string text in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (!TryParse(text, out _, out _))
                {
                    result.AddError($"--database wants database=space, not {text}");
                }
            }
        });
        var command = new VerbCommand("repair", Summary, Notes);
        command.Arguments.Add(directory);
        command.Arguments.Add(target);
        command.Options.Add(beyond);
        command.Options.Add(database);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            var options = new RepairOptions(parsed.GetValue(beyond), Spaces(parsed.GetValue(database) ?? []));
            string source = ToolContext.FullPath(parsed.GetRequiredValue(directory));
            string path = ToolContext.FullPath(parsed.GetRequiredValue(target));
            (RepairReport report, CheckReport result) = context.WithProgress(
                "Repairing", bar => RepairRun.Run(context.Files, source, path, options, bar, context.Cancel));
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(context.Output, writer => Write(writer, report, result));
            }
            else
            {
                Print(context.Output, report, result, options.BeyondHoles);
            }

            return report.ExitCode;
        });
        return command;
    }

    private static bool TryParse(string text, out int database, out uint space)
    {
        string[] parts = text.Split('=');
        space = 0;
        database = 0;
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out database)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out space)
            && space > 0;
    }

    private static Dictionary<int, uint> Spaces(string[] texts)
    {
        var spaces = new Dictionary<int, uint>();
        foreach (string text in texts)
        {
            _ = TryParse(text, out int database, out uint space);
            spaces[database] = space;
        }

        return spaces;
    }

    private static void Print(TextWriter output, RepairReport report, CheckReport result, bool beyondHoles)
    {
        if (beyondHoles)
        {
            output.WriteLine("RECORDS BEHIND HOLES WERE ASKED FOR: the result may be a state that never was.");
        }

        output.WriteLine(report.LeftOutLines.Count == 0 ? "Nothing was left out." : "What was left out:");
        foreach (string line in report.LeftOutLines.Take(LinesShownMax))
        {
            output.WriteLine($"  {line}");
        }

        if (report.LeftOutLines.Count > LinesShownMax)
        {
            output.WriteLine($"  and more: see {DirectoryNames.RepairReport}");
        }

        CheckVerb.Print(output, result);
    }

    private static void Write(Utf8JsonWriter json, RepairReport report, CheckReport result)
    {
        json.WriteStartObject();
        json.WriteString("target", result.Directory);
        json.WriteNumber("exitCode", report.ExitCode);
        json.WriteNumber("lastLsn", result.Verdict.Log?.LastLsn ?? 0);
        json.WriteStartArray("leftOut");
        foreach (string line in report.LeftOutLines)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
