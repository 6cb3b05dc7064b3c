using System.Buffers;
using System.Buffers.Binary;
using RespKv.Storage.Mutations;

namespace RespKv.Storage.Manifest;

/// <summary>
/// The payload of a base or edit record: fields, each a tag and its value, tags in rising order. Spaces are sorted by
/// database, tables by number, so that equal edits have equal bytes.
/// </summary>
internal static class ManifestPayload
{
    internal static byte[] Encode(ManifestEdit edit)
    {
        var target = new ArrayBufferWriter<byte>();
        if (edit.LogId is { } logId)
        {
            WriteTag(target, ManifestTag.LogId);
            BinaryPrimitives.WriteUInt64LittleEndian(target.GetSpan(sizeof(ulong)), logId);
            target.Advance(sizeof(ulong));
        }

        WriteNumber(target, ManifestTag.CheckpointLsn, edit.CheckpointLsn);
        WriteNumber(target, ManifestTag.NextFileNumber, edit.NextFileNumber);
        WriteNumber(target, ManifestTag.NextSpace, edit.NextSpace);
        WriteSpaces(target, edit.Spaces);
        foreach (long number in edit.Deleted.Order())
        {
            WriteNumber(target, ManifestTag.Deleted, number);
        }

        foreach (TableInfo table in edit.Added.OrderBy(table => table.Number))
        {
            WriteTable(target, table);
        }

        return target.WrittenSpan.ToArray();
    }

    /// <summary>Upper bound of what a table takes in a payload.</summary>
    internal static long TableBytesMax(TableInfo table)
    {
        const int Numbers = 9;
        return 1 + (Numbers * Varint.Bytes64Max) + (long)table.SmallestKey.Length + table.LargestKey.Length;
    }

    private static void WriteSpaces(ArrayBufferWriter<byte> target, IReadOnlyDictionary<int, uint>? spaces)
    {
        if (spaces is null)
        {
            return;
        }

        WriteNumber(target, ManifestTag.Spaces, spaces.Count);
        foreach ((int database, uint space) in spaces.OrderBy(pair => pair.Key))
        {
            Write(target, database);
            Write(target, space);
        }
    }

    private static void WriteTable(ArrayBufferWriter<byte> target, TableInfo table)
    {
        WriteNumber(target, ManifestTag.Added, table.Number);
        Write(target, table.Level);
        Write(target, table.Run);
        Write(target, table.FirstLsn);
        Write(target, table.LastLsn);
        Write(target, table.FileBytes);
        Write(target, table.Entries);
        WriteBytes(target, table.SmallestKey);
        WriteBytes(target, table.LargestKey);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> target, ManifestTag tag, long? value)
    {
        if (value is { } number)
        {
            WriteTag(target, tag);
            Write(target, number);
        }
    }

    private static void WriteTag(ArrayBufferWriter<byte> target, ManifestTag tag) => target.Write([(byte)tag]);

    private static void Write(ArrayBufferWriter<byte> target, long value)
    {
        target.Advance(Varint.Write(target.GetSpan(Varint.Bytes64Max), (ulong)value));
    }

    private static void WriteBytes(ArrayBufferWriter<byte> target, byte[] bytes)
    {
        Write(target, bytes.Length);
        target.Write(bytes);
    }
}
