using System.Globalization;
using System.Text.Json;
using RespKv.Engine.Configuration.Migration;
using RespKv.Tool.Output;

namespace RespKv.Tool.ConfigCheck;

/// <summary>Prints what becomes of a redis.conf.</summary>
internal static class ConfigCheckOutput
{
    private const string Indent = "                    ";

    internal static int ExitCode(RedisConfigReport report)
        => !report.IsComplete ? ExitCodes.ConfigUnreadable : report.IsFine ? ExitCodes.Fine : ExitCodes.ConfigDiffers;

    internal static void Print(TextWriter output, RedisConfigReport report, string? written)
    {
        string file = "";
        foreach (RedisConfigLine line in report.Lines)
        {
            if (line.File != file)
            {
                file = line.File;
                output.WriteLine(file);
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Line,6}  {Label(line.Verdict),-11} {line.Text}"));
            PrintMore(output, line.Reason, line.Instead);
        }

        if (report.NotWritten.Count > 0)
        {
            output.WriteLine("not written, with another default here");
            foreach (RedisConfigDefault missing in report.NotWritten)
            {
                string verdict = missing.IsDifferent ? Label(RedisVerdict.Different) : "note";
                output.WriteLine($"        {verdict,-11} {missing.Directive}: Redis {Shown(missing.Redis)}, RespKv {Shown(missing.RespKv)}");
                PrintMore(output, missing.Reason, instead: "");
            }
        }

        PrintSummary(output, report, written);
    }

    internal static void PrintJson(TextWriter output, RedisConfigReport report)
    {
        JsonOutput.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("file", report.File);
            json.WriteNumber("exitCode", ExitCode(report));
            json.WriteBoolean("complete", report.IsComplete);
            json.WriteString("whole", report.Whole);
            WriteCounts(json, report);
            json.WriteStartArray("lines");
            foreach (RedisConfigLine line in report.Lines)
            {
                Write(json, line);
            }

            json.WriteEndArray();
            json.WriteStartArray("notWritten");
            foreach (RedisConfigDefault missing in report.NotWritten)
            {
                json.WriteStartObject();
                json.WriteString("directive", missing.Directive);
                json.WriteString("redis", missing.Redis);
                json.WriteString("respkv", missing.RespKv);
                json.WriteString("reason", missing.Reason);
                json.WriteBoolean("different", missing.IsDifferent);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void PrintMore(TextWriter output, string reason, string instead)
    {
        if (reason.Length > 0)
        {
            output.WriteLine(Indent + "  " + reason);
        }

        if (instead.Length > 0)
        {
            output.WriteLine(Indent + "  instead: " + instead);
        }
    }

    private static void PrintSummary(TextWriter output, RedisConfigReport report, string? written)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.File}: {report.Lines.Count} directives: {report.Count(RedisVerdict.Same)} same, {report.Count(RedisVerdict.Different)} different, {report.Count(RedisVerdict.Ignored)} ignored, {report.Count(RedisVerdict.Unsupported)} unsupported"));
        if (report.Whole is not null)
        {
            output.WriteLine($"all of it together: {report.Whole}");
        }

        if (!report.IsComplete)
        {
            output.WriteLine("incomplete: a file that is included could not be read");
        }

        if (written is not null)
        {
            output.WriteLine($"written: {written}");
        }

        int unsupported = report.Count(RedisVerdict.Unsupported);
        output.WriteLine(unsupported == 0 && report.Whole is null
            ? "a start takes the file as it is"
            : written is null ? "a start refuses the file as it is; --write FILE makes one that it takes" : "a start refuses the file as it is");
    }

    private static void WriteCounts(Utf8JsonWriter json, RedisConfigReport report)
    {
        json.WriteStartObject("counts");
        foreach (RedisVerdict verdict in Enum.GetValues<RedisVerdict>())
        {
            json.WriteNumber(Label(verdict), report.Count(verdict));
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RedisConfigLine line)
    {
        json.WriteStartObject();
        json.WriteString("file", line.File);
        json.WriteNumber("line", line.Line);
        json.WriteString("text", line.Text);
        json.WriteString("directive", line.Directive);
        json.WriteString("verdict", Label(line.Verdict));
        json.WriteString("reason", line.Reason);
        json.WriteString("instead", line.Instead);
        json.WriteEndObject();
    }

    private static string Shown(string value) => value.Length == 0 ? "\"\"" : value;

    private static string Label(RedisVerdict verdict) => verdict switch
    {
        RedisVerdict.Same => "same",
        RedisVerdict.Different => "different",
        RedisVerdict.Ignored => "ignored",
        _ => "unsupported",
    };
}
