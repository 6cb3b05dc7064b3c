using System.CommandLine;
using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;
using RespKv.Tool.Dump;

namespace RespKv.Tool.Verbs;

/// <summary>dump DIR</summary>
internal static class DumpVerb
{
    /// <summary>A line of a terminal.</summary>
    private const int ValueBytesDefault = 64;

    private const string Summary = "Prints the log of a data directory, batch by batch, and with --tables the entries of its tables.";

    private const string Notes = """
        Goes on behind what is damaged. Never writes.

        Examples:
          respkv dump /var/lib/respkv
          respkv dump --lsn 1000..1010 --json /var/lib/respkv
          respkv dump --no-log --table 7 --value-bytes 1000 /var/lib/respkv

        Bytes are quoted as redis-cli does; JSON has one object a line, and bytes that are not UTF-8 as base64.
        Exit codes: 0 printed, whatever is damaged (see check); 1 the directory cannot be read.
        """;

    internal static Command Create(ToolContext context)
    {
        var directory = new Argument<string>("DIR") { Description = "The data directory." };
        var lsn = new Option<string>("--lsn") { Description = "Only these records: 7, 7..9, 7.. or ..9.", HelpName = "a..b" };
        var tables = new Option<bool>("--tables") { Description = "Prints all tables that the manifest names, too." };
        var table = new Option<long?>("--table") { Description = "Prints this table, too, named by the manifest or not.", HelpName = "n" };
        var noLog = new Option<bool>("--no-log") { Description = "Leaves the log out." };
        var old = new Option<bool>("--old") { Description = "Prints batches of a segment's earlier life, too." };
        var json = new Option<bool>("--json") { Description = "Prints JSON, one object a line." };
        var valueBytes = new Option<int>("--value-bytes")
        {
            Description = "Cuts longer values, in text.",
            DefaultValueFactory = _ => ValueBytesDefault,
            HelpName = "n",
        };
        lsn.Validators.Add(result =>
        {
            if (!LsnRange.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
            {
                result.AddError("--lsn wants 7, 7..9, 7.. or ..9");
            }
        });
        var command = new VerbCommand("dump", Summary, Notes);
        command.Arguments.Add(directory);
        foreach (Option option in new Option[] { lsn, tables, table, noLog, old, json, valueBytes })
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            IDumpOutput output = parsed.GetValue(json)
                ? new JsonDump(context.Output)
                : new TextDump(context.Output, Math.Max(0, parsed.GetValue(valueBytes)));
            _ = LsnRange.TryParse(parsed.GetValue(lsn) ?? "..", out LsnRange range);
            string path = ToolContext.FullPath(parsed.GetRequiredValue(directory));
            ManifestState state = StateOf(context, path);
            if (!parsed.GetValue(noLog))
            {
                var log = new LogDump(output, range, parsed.GetValue(old));
                WalChain.Walk(context.Files, path, new WalStart(state.LogId, state.CheckpointLsn), log, context.Cancel);
            }

            var dump = new TableDump(context.Files, path, output, context.Cancel);
            if (parsed.GetValue(tables))
            {
                dump.All(state);
            }

            if (parsed.GetValue(table) is { } number)
            {
                dump.One(number, state);
            }

            return ExitCodes.Fine;
        });
        return command;
    }

    // A damaged manifest is check's matter: what can be read of it is enough to find one's way.
    private static ManifestState StateOf(ToolContext context, string directory)
    {
        try
        {
            return ManifestStore.Read(context.Files, directory);
        }
        catch (ManifestCorruptionException e)
        {
            context.Error.WriteLine($"respkv: {e.Message}");
            return ManifestScan.All(context.Files, directory).Select(scan => scan.State).FirstOrDefault(state => state is not null)
                ?? ManifestState.Empty;
        }
    }
}
