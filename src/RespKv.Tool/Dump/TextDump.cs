using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Tool.Output;

namespace RespKv.Tool.Dump;

/// <summary>One line for each thing; bytes quoted as redis-cli does.</summary>
internal sealed class TextDump(TextWriter output, int valueBytesMax) : IDumpOutput
{
    public void Segment(WalFileFacts facts)
    {
        string what = facts.HeaderProblem is { } problem
            ? $"{problem}, {facts.FileBytes} bytes"
            : $"log {facts.LogId:x16}, first LSN {facts.FirstLsn}, {facts.SegmentBytes} bytes";
        output.WriteLine($"segment {Path.GetFileName(facts.Path)}: {what}");
    }

    public void Batch(WalFileWalk walk, WalStanding standing)
    {
        string old = standing == WalStanding.Old ? " (old content)" : "";
        output.WriteLine(walk.IsSeal
            ? $" {walk.Offset}: seal, next LSN {walk.FirstLsn}, durable {walk.DurableLsn}{old}"
            : $" {walk.Offset}: batch, LSN {walk.FirstLsn}..{walk.FirstLsn + walk.Count - 1}, {walk.PayloadBytes} bytes, durable {walk.DurableLsn}{old}");
    }

    public void Record(long lsn, int recordBytes) => output.WriteLine($"  LSN {lsn}: {recordBytes} bytes");

    public void Mutation(long lsn, in MutationReader mutation)
    {
        string key = ByteText.Quote(mutation.Key);
        string value = ByteText.Quote(mutation.Value, valueBytesMax);
        string text = mutation.Kind switch
        {
            MutationKind.Set => $"Set {mutation.Database} {key} {value}{Expiry(mutation.ExpireAtMillis)}",
            MutationKind.WriteRange => $"WriteRange {mutation.Database} {key} {mutation.Offset} {value}",
            MutationKind.Delete => $"Delete {mutation.Database} {key}",
            MutationKind.SetExpiry => $"SetExpiry {mutation.Database} {key}{Expiry(mutation.ExpireAtMillis, " none")}",
            MutationKind.PutElements => $"PutElements {mutation.Database} {key} {ElementForm.Text(mutation.Type, mutation.Value, areNames: false, valueBytesMax)}",
            MutationKind.RemoveElements => $"RemoveElements {mutation.Database} {key} {ElementForm.Text(mutation.Type, mutation.Value, areNames: true, valueBytesMax)}",
            MutationKind.ClearDatabase => $"ClearDatabase {mutation.Database}",
            MutationKind.SwapDatabases => $"SwapDatabases {mutation.Database} {mutation.OtherDatabase}",
            _ => mutation.Kind.ToString(),
        };
        output.WriteLine($"   {text}");
    }

    public void BadRecord(long lsn, string problem) => output.WriteLine($"   malformed: {problem}");

    public void Damage(WalFileWalk walk) => output.WriteLine($" {walk.Offset}: {walk.Bytes} bytes that are no batch: {walk.Problem}");

    public void Hole(WalHole hole)
        => output.WriteLine($" hole: LSN {hole.FirstLsn}..{hole.LastLsn} are missing, expected at {Path.GetFileName(hole.File)}, offset {hole.Offset}, found {hole.Problem}");

    public void Table(string path, TableInfo? info)
    {
        string what = info is null
            ? "not in the manifest"
            : $"level {info.Level}, run {info.Run}, LSN {info.FirstLsn}..{info.LastLsn}, {info.Entries} entries, {info.FileBytes} bytes";
        output.WriteLine($"table {Path.GetFileName(path)}: {what}");
    }

    public void Block(TableWalk walk)
    {
        string what = walk.Problem is { } problem ? $"damaged: {problem}" : walk.Kind?.ToString().ToLowerInvariant() ?? "unknown";
        output.WriteLine($" {walk.Offset}: {what}, {walk.Bytes} bytes");
    }

    public void Entry(ReadOnlySpan<byte> tableKey, in TableEntry entry)
    {
        string key = $"space {TableKey.Space(tableKey)} {ByteText.Quote(TableKey.Key(tableKey))}";
        output.WriteLine(entry.Kind switch
        {
            TableEntryKind.Tombstone => $"  {key} deleted",
            TableEntryKind.Value when ElementTypes.Contains(entry.Type)
                => $"  {key} {ElementForm.Text(entry.Type, entry.Bytes, areNames: false, valueBytesMax)}{Expiry(entry.ExpireAtMillis)}",
            TableEntryKind.Value => $"  {key} {ByteText.Quote(entry.Bytes, valueBytesMax)}{Expiry(entry.ExpireAtMillis)}{Type(entry.Type)}",
            _ => $"  {key} patch {ByteText.Quote(entry.Bytes, valueBytesMax)}",
        });
    }

    private static string Expiry(long millis, string none = "") => millis == MutationWriter.NoExpiry ? none : $" expires {millis}";

    private static string Type(byte type) => type == 1 ? "" : $" type {type}";
}
