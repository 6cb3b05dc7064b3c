using System.Globalization;
using RespKv.Protocol;
using RespKv.Storage.Manifest;

namespace RespKv.Tool.Backup;

/// <summary>A file that the server offers.</summary>
internal sealed record OfferedFile(string Name, long Bytes);

/// <summary>What BACKUP BEGIN answers: a state at one LSN, whose files stay as they are until BACKUP END.</summary>
/// <param name="Id">Names the backup in further requests.</param>
/// <param name="CheckpointLsn">Everything up to it is in the tables.</param>
/// <param name="LogId">The log that the tables were made from.</param>
/// <param name="Files">The tables.</param>
/// <param name="Manifest">A manifest that names exactly them.</param>
internal sealed record BackupOffer(
    string Id, long CheckpointLsn, ulong LogId, IReadOnlyList<OfferedFile> Files, ReadOnlyMemory<byte> Manifest)
{
    /// <exception cref="ToolException">The reply is not that of a server that can be backed up.</exception>
    internal static BackupOffer Parse(RespValue reply)
    {
        var fields = new Dictionary<string, RespValue>(StringComparer.Ordinal);
        for (int index = 0; index + 1 < reply.Items.Count; index += 2)
        {
            fields[reply.Items[index].Text] = reply.Items[index + 1];
        }

        return new BackupOffer(
            Field(fields, "id").Text,
            Number(Field(fields, "checkpoint-lsn")),
            ParseLogId(Field(fields, "log-id")),
            [.. Field(fields, "files").Items.Select(ParseFile)],
            Field(fields, "manifest").Bytes);
    }

    private static RespValue Field(Dictionary<string, RespValue> fields, string name)
        => fields.TryGetValue(name, out RespValue? value) ? value : throw Unexpected($"no {name}");

    // The name becomes a path: only that of a table will do.
    private static OfferedFile ParseFile(RespValue file)
    {
        if (file.Items.Count != 2 || !ManifestNames.TryParseTable(file.Items[0].Text, out _))
        {
            throw Unexpected("a file that is no table");
        }

        return new OfferedFile(file.Items[0].Text, Number(file.Items[1]));
    }

    private static long Number(RespValue value)
    {
        return value.Kind == RespKind.Integer
            ? value.Integer
            : RespNumber.TryParseInt64(value.Bytes.Span, out long number) ? number : throw Unexpected($"{value.Text} for a number");
    }

    // More than a signed integer holds: decimal digits in a string.
    private static ulong ParseLogId(RespValue value)
        => ulong.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) ? id : throw Unexpected($"{value.Text} for a log id");

    private static ToolException Unexpected(string what) => new($"BACKUP BEGIN: the reply has {what}");
}
