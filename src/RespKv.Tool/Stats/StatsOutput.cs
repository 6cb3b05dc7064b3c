using System.Globalization;
using System.Text.Json;
using RespKv.Tool.Output;
using Spectre.Console;

namespace RespKv.Tool.Stats;

/// <summary>Prints what a directory holds.</summary>
internal static class StatsOutput
{
    /// <summary>Wide enough for every column: what is piped must not be wrapped.</summary>
    private const int PipedWidth = 200;

    internal static void Print(ToolContext context, DirectoryStats stats)
    {
        IAnsiConsole console = ConsoleOf(context);
        TextWriter output = context.Output;
        output.WriteLine($"{stats.Directory}: checkpoint at LSN {stats.State.CheckpointLsn}, {stats.State.Tables.Count} tables, {ByteText.Size(stats.State.TableBytes)}");
        if (stats.Levels.Count > 0)
        {
            console.Write(LevelTable(stats, context.IsTerminal));
        }

        if (stats.Databases.Count > 0)
        {
            console.Write(DatabaseTable(stats, context.IsTerminal));
        }

        LogStats log = stats.Log;
        output.WriteLine($"log: {log.Segments} segments ({ByteText.Size(log.SegmentBytes)}), {log.SpareFiles} spare files ({ByteText.Size(log.SpareBytes)}), last LSN {log.LastLsn}");
        output.WriteLine($"behind the checkpoint: {log.RecordsBehindCheckpoint} records, {ByteText.Size(log.BatchBytesBehindCheckpoint)}");
        if (stats.SpaceAmplification > 0)
        {
            string basis = stats.IsExact ? "what lives in them" : "the base, an estimate";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"space amplification: {stats.SpaceAmplification:0.00} (bytes of tables for each byte of {basis})"));
        }
    }

    internal static void WriteJson(TextWriter output, DirectoryStats stats)
    {
        JsonOutput.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("directory", stats.Directory);
            json.WriteNumber("checkpointLsn", stats.State.CheckpointLsn);
            json.WriteNumber("tables", stats.State.Tables.Count);
            json.WriteNumber("tableBytes", stats.State.TableBytes);
            json.WriteBoolean("exact", stats.IsExact);
            json.WriteNumber("liveBytes", stats.LiveBytes);
            json.WriteNumber("spaceAmplification", Math.Round(stats.SpaceAmplification, 3));
            WriteLevels(json, stats);
            WriteDatabases(json, stats);
            WriteLog(json, stats.Log);
            json.WriteEndObject();
        });
    }

    private static IAnsiConsole ConsoleOf(ToolContext context)
    {
        if (context.IsTerminal)
        {
            return AnsiConsole.Console;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(context.Output),
        });
        console.Profile.Width = PipedWidth;
        return console;
    }

    private static Table LevelTable(DirectoryStats stats, bool isTerminal)
    {
        Table table = NewTable(isTerminal, "level", "runs", "tables", "entries", "tombstones", "patches", "size", "keys and values");
        foreach (LevelStats level in stats.Levels)
        {
            AddRow(
                table,
                level.Level == 7 ? "7 (base)" : Text(level.Level),
                Text(level.Runs),
                Text(level.Tables),
                Text(level.Entries),
                Text(level.Tombstones),
                Text(level.Patches),
                ByteText.Size(level.FileBytes),
                ByteText.Size(level.RawBytes));
        }

        return table;
    }

    private static Table DatabaseTable(DirectoryStats stats, bool isTerminal)
    {
        Table table = NewTable(isTerminal, "database", "space", stats.IsExact ? "keys" : "keys (estimate)");
        foreach (DatabaseStats database in stats.Databases)
        {
            AddRow(table, Text(database.Database), Text(database.Space), Text(database.Keys));
        }

        return table;
    }

    private static Table NewTable(bool isTerminal, params string[] columns)
    {
        Table table = new Table().Border(isTerminal ? TableBorder.Rounded : TableBorder.None);
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        }

        return table;
    }

    private static void AddRow(Table table, params string[] cells) => table.AddRow(cells);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void WriteLevels(Utf8JsonWriter json, DirectoryStats stats)
    {
        json.WriteStartArray("levels");
        foreach (LevelStats level in stats.Levels)
        {
            json.WriteStartObject();
            json.WriteNumber("level", level.Level);
            json.WriteNumber("runs", level.Runs);
            json.WriteNumber("tables", level.Tables);
            json.WriteNumber("entries", level.Entries);
            json.WriteNumber("tombstones", level.Tombstones);
            json.WriteNumber("patches", level.Patches);
            json.WriteNumber("fileBytes", level.FileBytes);
            json.WriteNumber("rawBytes", level.RawBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDatabases(Utf8JsonWriter json, DirectoryStats stats)
    {
        json.WriteStartArray("databases");
        foreach (DatabaseStats database in stats.Databases)
        {
            json.WriteStartObject();
            json.WriteNumber("database", database.Database);
            json.WriteNumber("space", database.Space);
            json.WriteNumber("keys", database.Keys);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLog(Utf8JsonWriter json, LogStats log)
    {
        json.WriteStartObject("log");
        json.WriteNumber("segments", log.Segments);
        json.WriteNumber("segmentBytes", log.SegmentBytes);
        json.WriteNumber("spareFiles", log.SpareFiles);
        json.WriteNumber("spareBytes", log.SpareBytes);
        json.WriteNumber("lastLsn", log.LastLsn);
        json.WriteNumber("recordsBehindCheckpoint", log.RecordsBehindCheckpoint);
        json.WriteNumber("bytesBehindCheckpoint", log.BatchBytesBehindCheckpoint);
        json.WriteEndObject();
    }
}
