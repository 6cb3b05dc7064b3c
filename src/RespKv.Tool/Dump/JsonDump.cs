using System.Text.Json;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Tool.Output;

namespace RespKv.Tool.Dump;

/// <summary>One JSON object a line, each with a field <c>kind</c>. Values are whole.</summary>
internal sealed class JsonDump(TextWriter output) : IDumpOutput
{
    public void Segment(WalFileFacts facts)
    {
        Write("segment", json =>
        {
            json.WriteString("file", Path.GetFileName(facts.Path));
            json.WriteNumber("fileBytes", facts.FileBytes);
            json.WriteNumber("firstLsn", facts.NameLsn);
            if (facts.HeaderProblem is { } problem)
            {
                json.WriteString("problem", problem);
                return;
            }

            json.WriteString("logId", facts.LogId.ToString("x16"));
            json.WriteNumber("segmentBytes", facts.SegmentBytes);
        });
    }

    public void Batch(WalFileWalk walk, WalStanding standing)
    {
        Write(walk.IsSeal ? "seal" : "batch", json =>
        {
            json.WriteNumber("offset", walk.Offset);
            json.WriteNumber("firstLsn", walk.FirstLsn);
            json.WriteNumber("records", walk.Count);
            json.WriteNumber("payloadBytes", walk.PayloadBytes);
            json.WriteNumber("durableLsn", walk.DurableLsn);
            json.WriteBoolean("old", standing == WalStanding.Old);
        });
    }

    public void Record(long lsn, int recordBytes)
    {
        // Every mutation carries its LSN.
    }

    public void Mutation(long lsn, in MutationReader mutation)
    {
        // A ref struct cannot be captured.
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", "mutation");
            json.WriteNumber("lsn", lsn);
            json.WriteString("mutation", mutation.Kind.ToString());
            WriteFields(json, mutation);
            json.WriteEndObject();
        }

        Write(bytes);
    }

    public void BadRecord(long lsn, string problem)
    {
        Write("malformed", json =>
        {
            json.WriteNumber("lsn", lsn);
            json.WriteString("problem", problem);
        });
    }

    public void Damage(WalFileWalk walk)
    {
        Write("damage", json =>
        {
            json.WriteNumber("offset", walk.Offset);
            json.WriteNumber("bytes", walk.Bytes);
            json.WriteString("problem", walk.Problem);
        });
    }

    public void Hole(WalHole hole)
    {
        Write("hole", json =>
        {
            json.WriteString("file", Path.GetFileName(hole.File));
            json.WriteNumber("offset", hole.Offset);
            json.WriteNumber("firstLsn", hole.FirstLsn);
            json.WriteNumber("lastLsn", hole.LastLsn);
            json.WriteString("problem", hole.Problem);
        });
    }

    public void Table(string path, TableInfo? info)
    {
        Write("table", json =>
        {
            json.WriteString("file", Path.GetFileName(path));
            if (info is null)
            {
                return;
            }

            json.WriteNumber("level", info.Level);
            json.WriteNumber("run", info.Run);
            json.WriteNumber("firstLsn", info.FirstLsn);
            json.WriteNumber("lastLsn", info.LastLsn);
            json.WriteNumber("entries", info.Entries);
            json.WriteNumber("fileBytes", info.FileBytes);
        });
    }

    public void Block(TableWalk walk)
    {
        Write("block", json =>
        {
            json.WriteNumber("offset", walk.Offset);
            json.WriteNumber("bytes", walk.Bytes);
            json.WriteString("holds", walk.Kind?.ToString().ToLowerInvariant() ?? "unknown");
            if (walk.Problem is { } problem)
            {
                json.WriteString("problem", problem);
            }
        });
    }

    public void Entry(ReadOnlySpan<byte> tableKey, in TableEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", "entry");
            json.WriteString("entry", entry.Kind.ToString());
            json.WriteNumber("space", TableKey.Space(tableKey));
            json.WriteBytes("key", TableKey.Key(tableKey));
            if (entry.Kind == TableEntryKind.Value && ElementTypes.Contains(entry.Type))
            {
                json.WriteString("type", ElementForm.TypeName(entry.Type));
                ElementForm.Write(json, "elements", entry.Type, entry.Bytes, areNames: false);
            }
            else if (entry.Kind != TableEntryKind.Tombstone)
            {
                json.WriteBytes(entry.Kind == TableEntryKind.Value ? "value" : "patch", entry.Bytes);
            }

            WriteExpiry(json, entry.ExpireAtMillis);
            json.WriteEndObject();
        }

        Write(bytes);
    }

    private static void WriteFields(Utf8JsonWriter json, in MutationReader mutation)
    {
        if (mutation.Kind == MutationKind.ClearAll)
        {
            return;
        }

        json.WriteNumber("database", mutation.Database);
        switch (mutation.Kind)
        {
            case MutationKind.SwapDatabases:
                json.WriteNumber("otherDatabase", mutation.OtherDatabase);
                return;
            case MutationKind.ClearDatabase:
                return;
            default:
                json.WriteBytes("key", mutation.Key);
                break;
        }

        if (mutation.Kind == MutationKind.WriteRange)
        {
            json.WriteNumber("offset", mutation.Offset);
        }

        if (mutation.Kind is MutationKind.Set or MutationKind.WriteRange)
        {
            json.WriteBytes("value", mutation.Value);
        }

        if (mutation.Kind is MutationKind.PutElements or MutationKind.RemoveElements)
        {
            bool areNames = mutation.Kind == MutationKind.RemoveElements;
            json.WriteString("type", ElementForm.TypeName(mutation.Type));
            ElementForm.Write(json, areNames ? "names" : "elements", mutation.Type, mutation.Value, areNames);
        }

        WriteExpiry(json, mutation.ExpireAtMillis);
    }

    private static void WriteExpiry(Utf8JsonWriter json, long millis)
    {
        if (millis != MutationWriter.NoExpiry)
        {
            json.WriteNumber("expireAtMillis", millis);
        }
    }

    private void Write(string kind, Action<Utf8JsonWriter> fields)
    {
        JsonOutput.Write(
            output,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("kind", kind);
                fields(json);
                json.WriteEndObject();
            },
            isLine: true);
    }

    private void Write(MemoryStream bytes)
        => output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
}
