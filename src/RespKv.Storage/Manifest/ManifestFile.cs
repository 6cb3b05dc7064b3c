using RespKv.Storage.Files;

namespace RespKv.Storage.Manifest;

/// <summary>
/// An open manifest that is written to: base records and room at creation, then one edit after the other. Not thread
/// safe. After a write or sync that failed nothing more is written to it (as D3 for the log).
/// </summary>
internal sealed class ManifestFile : IDisposable
{
    private readonly IFile _file;
    private readonly ManifestFileHeader _header;

    /// <summary>Where the next edit goes.</summary>
    private long _offset;

    /// <summary>Of the last record that is durable.</summary>
    private long _sequence;

    internal ManifestFile(IFile file, ManifestFileHeader header, long offset, long sequence)
    {
        _file = file;
        _header = header;
        _offset = offset;
        _sequence = sequence;
    }

    internal long Number => _header.Number;

    internal string Path => _file.Path;

    /// <summary>Creates a file that holds the state, and syncs it. The directory and CURRENT are the caller's.</summary>
    internal static ManifestFile Create(IFileSystem files, string path, long number, ulong fileId, ManifestState state)
    {
        (byte[] image, ManifestFileHeader header, long end, int records) = Image(number, fileId, state);
        IFile file = files.Open(path, FileOpenKind.CreateNew);
        try
        {
            file.Write(image, 0);
            file.SyncData();
            return new ManifestFile(file, header, end, records);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a new file that holds the state, where its edits begin, and how many records come before them.</summary>
    internal static (byte[] Bytes, ManifestFileHeader Header, long End, int Records) Image(long number, ulong fileId, ManifestState state)
    {
        byte[][] records = [.. BaseParts(state).Select((part, index) =>
            ManifestRecord.Encode(ManifestRecordKind.Base, fileId, index + 1, ManifestPayload.Encode(part)))];
        long end = ManifestFormat.FileHeaderBytes + records.Sum(record => (long)record.Length);
        var header = new ManifestFileHeader(number, fileId, end + ManifestFormat.RoomBytes, records.Length);
        byte[] bytes = new byte[header.FileBytes];
        header.Write(bytes.AsSpan(0, ManifestFormat.FileHeaderBytes));
        int offset = ManifestFormat.FileHeaderBytes;
        foreach (byte[] record in records)
        {
            record.CopyTo(bytes, offset);
            offset += record.Length;
        }

        return (bytes, header, end, records.Length);
    }

    /// <summary>The record of an edit, when there is room for it and for the seal behind it; else null.</summary>
    internal byte[]? Fit(ManifestEdit edit)
    {
        long room = _header.FileBytes - _offset - ManifestFormat.SectorBytes;
        long atMost = edit.Added.Sum(ManifestPayload.TableBytesMax);

        // Not encoded for nothing when it holds keys of hundreds of megabytes.
        if (atMost > ManifestFormat.RoomBytes)
        {
            return null;
        }

        byte[] record = ManifestRecord.Encode(
            ManifestRecordKind.Edit, _header.FileId, _sequence + 1, ManifestPayload.Encode(edit));
        return record.Length <= room ? record : null;
    }

    /// <summary>Writes what <see cref="Fit"/> made, and syncs it. When it fails the record may be on disk or not.</summary>
    internal void Append(byte[] record)
    {
        _file.Write(record, _offset);
        _file.SyncData();
        _offset += record.Length;
        _sequence++;
        WriteSeal();
    }

    public void Dispose() => _file.Dispose();

    // Not synced: it says that what stands before it is durable, and is true whenever it reaches the disk. Without it a
    // damaged last record looks like one that was torn.
    private void WriteSeal()
    {
        try
        {
            _file.Write(ManifestRecord.Encode(ManifestRecordKind.Seal, _header.FileId, _sequence, []), _offset);
        }
        catch (StorageException)
        {
            // The edit is durable all the same, and the next one overwrites the place.
        }
    }

    /// <summary>The state as edits of an empty one: the numbers and the first tables, then more tables.</summary>
    private static IEnumerable<ManifestEdit> BaseParts(ManifestState state)
    {
        var part = new ManifestEdit
        {
            LogId = state.LogId == 0 ? null : state.LogId,
            CheckpointLsn = state.CheckpointLsn,
            NextFileNumber = state.NextFileNumber,
            NextSpace = state.NextSpace,
            Spaces = state.Spaces,
        };
        var tables = new List<TableInfo>();
        long bytes = 0;
        foreach (TableInfo table in state.Tables)
        {
            if (tables.Count > 0 && bytes >= ManifestFormat.BasePayloadBytesTarget)
            {
                yield return part with { Added = tables };
                part = new ManifestEdit();
                tables = [];
                bytes = 0;
            }

            tables.Add(table);
            bytes += ManifestPayload.TableBytesMax(table);
        }

        yield return part with { Added = tables };
    }
}
