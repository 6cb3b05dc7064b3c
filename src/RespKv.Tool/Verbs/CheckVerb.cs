using System.CommandLine;
using System.Text.Json;
using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;
using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Verbs;

/// <summary>check DIR</summary>
internal static class CheckVerb
{
    private const string Summary = "Reads every file of a data directory, checks it, and says what start-up would do.";

    private const string Notes = """
        Never writes.

        Examples:
          respkv check /var/lib/respkv
          respkv check --json /var/lib/respkv | jq .findings

        Works on the directory of a running server too, and says so.
        Exit codes: 0 fine; 1 the directory cannot be read; 2 a torn tail, which start-up would cut; 3 start-up would refuse.
        """;

    internal static Command Create(ToolContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The data directory." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new VerbCommand("check", Summary, Notes);
        command.Arguments.Add(directory);
        command.Options.Add(json);
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(directory), parsed.GetValue(json)));
        return command;
    }

    private static int Run(ToolContext context, string path, bool asJson)
    {
        string directory = ToolContext.FullPath(path);
        CheckReport report = context.WithProgress(
            "Reading", bar => DirectoryCheck.Run(context.Files, directory, bar, context.Cancel));
        if (asJson)
        {
            PrintJson(context.Output, report);
        }
        else
        {
            Print(context.Output, report);
        }

        return report.ExitCode;
    }

    /// <summary>For a human; also what backup and repair say of their product.</summary>
    internal static void Print(TextWriter output, CheckReport report)
    {
        output.WriteLine($"{report.Directory}: {Overview(report)}");
        foreach (Finding finding in report.Findings)
        {
            output.WriteLine($"{Label(finding.Severity)}: {finding.Place}{finding.Text}");
        }

        output.WriteLine($"start-up: {StartUp(report)}");
    }

    internal static void PrintJson(TextWriter output, CheckReport report) => JsonOutput.Write(output, json => Write(json, report));

    private static string Overview(CheckReport report)
    {
        string log = $"{report.Log.Segments} log segments, log up to LSN {report.Log.NextLsn - 1}";
        return report.Verdict.State is { } state
            ? $"checkpoint at LSN {state.CheckpointLsn}, {state.Tables.Count} tables ({ByteText.Size(state.TableBytes)}), {log}"
            : log;
    }

    private static string StartUp(CheckReport report)
    {
        if (report.Verdict.Refusal is not null)
        {
            return "would refuse";
        }

        WalRecoveryReport log = report.Verdict.Log!;
        ManifestState state = report.Verdict.State!;
        string end = log.CleanShutdown ? "closed in order" : "not closed in order";
        long cut = log.TornTails.Sum(torn => torn.Bytes) + report.Verdict.ManifestTornBytes;
        string cutText = cut > 0 ? $", cutting {cut} bytes" : "";
        return $"would load {state.Tables.Sum(table => table.Entries)} table entries and replay {log.Records} records up to LSN {log.LastLsn}{cutText}; {end}";
    }

    private static string Label(Severity severity) => severity switch
    {
        Severity.Corruption => "corrupt",
        Severity.Warning => "warning",
        _ => "note",
    };

    private static void Write(Utf8JsonWriter json, CheckReport report)
    {
        json.WriteStartObject();
        json.WriteString("directory", report.Directory);
        json.WriteNumber("exitCode", report.ExitCode);
        json.WriteBoolean("live", report.IsLive);
        json.WriteBoolean("wouldStart", report.Verdict.Refusal is null);
        json.WriteNumber("checkpointLsn", report.Verdict.State?.CheckpointLsn ?? 0);
        json.WriteNumber("lastLsn", report.Verdict.Log?.LastLsn ?? report.Log.NextLsn - 1);
        json.WriteNumber("tables", report.Verdict.State?.Tables.Count ?? 0);
        json.WriteNumber("tableBytes", report.Verdict.State?.TableBytes ?? 0);
        json.WriteNumber("segments", report.Log.Segments);
        json.WriteNumber("recordsToReplay", report.Verdict.Log?.Records ?? 0);
        json.WriteBoolean("cleanShutdown", report.Verdict.Log?.CleanShutdown ?? false);
        json.WriteStartArray("findings");
        foreach (Finding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", Label(finding.Severity));
            json.WriteString("file", finding.File);
            if (finding.Offset is { } offset)
            {
                json.WriteNumber("offset", offset);
            }

            if (finding.Lsn is { } lsn)
            {
                json.WriteNumber("lsn", lsn);
            }

            json.WriteString("text", finding.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
