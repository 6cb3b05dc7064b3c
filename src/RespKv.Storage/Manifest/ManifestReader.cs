using RespKv.Storage.Files;

namespace RespKv.Storage.Manifest;

/// <summary>What a manifest holds.</summary>
/// <param name="Header">Its first sector.</param>
/// <param name="State">After the last edit.</param>
/// <param name="EndOffset">Where the next edit would go.</param>
/// <param name="Sequence">Of the last record.</param>
/// <param name="TornOffset">Where <paramref name="Torn"/> stands.</param>
/// <param name="Torn">What stands behind the end and is neither a record nor zeros; whole sectors.</param>
internal sealed record ManifestContent(
    ManifestFileHeader Header, ManifestState State, long EndOffset, long Sequence, long TornOffset, byte[] Torn);

/// <summary>
/// Reads a manifest (D5): base records, then edits while they are sound, then judges what stands behind the last one.
/// Changes nothing.
///
/// Invariants:
/// - The base was durable before CURRENT named the file: damage there is always corruption.
/// - A damaged edit is a torn one only when no sound record stands behind it: an edit, and a seal, is written only after
///   everything before it is durable.
/// </summary>
internal sealed class ManifestReader
{
    private readonly IFile _file;
    private ManifestFileHeader _header;
    private ManifestState _state = ManifestState.Empty;
    private long _sequence;

    private ManifestReader(IFile file)
    {
        _file = file;
    }

    /// <param name="file">The file.</param>
    /// <param name="number">By its name.</param>
    internal static ManifestContent Read(IFile file, long number) => new ManifestReader(file).Read(number);

    private ManifestContent Read(long number)
    {
        ReadHeader(number);
        long offset = ManifestFormat.FileHeaderBytes;
        for (int count = 0; count < _header.BaseRecords; count++)
        {
            offset = ReadBase(offset);
        }

        long roomBytes = _header.FileBytes - offset;
        if (roomBytes is < 0 or > ManifestFormat.RoomBytesMax)
        {
            throw Corrupt(offset, $"the base records end at offset {offset}, and the file has {_header.FileBytes} bytes");
        }

        byte[] room = ReadBytes(offset, (int)roomBytes);
        int end = ReadEdits(room, offset, out bool isSealed);
        CheckTail(room, end, offset);
        int tail = end + (isSealed ? ManifestFormat.SectorBytes : 0);
        int tornEnd = room.AsSpan(tail).LastIndexOfAnyExcept((byte)0) + 1;
        byte[] torn = room[tail..(tail + (int)ManifestFormat.AlignUp(tornEnd))];
        return new ManifestContent(_header, _state, offset + end, _sequence, offset + tail, torn);
    }

    private void ReadHeader(long number)
    {
        long length = _file.Length;
        byte[] sector = ReadBytes(0, (int)Math.Min(length, ManifestFormat.FileHeaderBytes));
        if (!ManifestFileHeader.TryRead(sector, out _header, out uint version))
        {
            throw Corrupt(0, "the header is damaged");
        }

        if (version != ManifestFormat.Version)
        {
            throw Corrupt(0, $"the manifest has format version {version}, this program reads version {ManifestFormat.Version}");
        }

        if (_header.Number != number)
        {
            throw Corrupt(0, $"the header says that this is manifest {_header.Number}");
        }

        if (_header.FileBytes != length || length % ManifestFormat.SectorBytes != 0 || _header.BaseRecords < 1)
        {
            throw Corrupt(
                0, $"the header says {_header.FileBytes} bytes and {_header.BaseRecords} base records, the file has {length} bytes");
        }
    }

    private long ReadBase(long offset)
    {
        long left = _header.FileBytes - offset;
        byte[] sector = ReadBytes(offset, (int)Math.Min(left, ManifestFormat.SectorBytes));
        if (!ManifestRecord.TryReadHeader(sector, _header.FileId, left, out ManifestRecord record))
        {
            throw Corrupt(offset, "a base record is damaged");
        }

        byte[] bytes = ReadBytes(offset, record.TotalBytes);
        if (!ManifestRecord.IsSound(bytes) || record.Kind != ManifestRecordKind.Base || record.Sequence != _sequence + 1)
        {
            throw Corrupt(offset, "a base record is damaged");
        }

        Fold(record, bytes, offset);
        return offset + bytes.Length;
    }

    /// <summary>Returns where the edits end in the room.</summary>
    private int ReadEdits(byte[] room, long roomOffset, out bool isSealed)
    {
        isSealed = false;
        int end = 0;
        while (TryReadRecord(room.AsSpan(end), out ManifestRecord record))
        {
            if (record.Kind == ManifestRecordKind.Seal && record.Sequence == _sequence)
            {
                isSealed = true;
                break;
            }

            if (record.Kind != ManifestRecordKind.Edit || record.Sequence != _sequence + 1)
            {
                throw Corrupt(
                    roomOffset + end, $"record {record.Sequence} of kind {(byte)record.Kind} stands behind record {_sequence}");
            }

            Fold(record, room.AsSpan(end, record.TotalBytes), roomOffset + end);
            end += record.TotalBytes;
        }

        return end;
    }

    private void CheckTail(byte[] room, int end, long roomOffset)
    {
        for (int offset = end + ManifestFormat.SectorBytes; offset < room.Length; offset += ManifestFormat.SectorBytes)
        {
            if (TryReadRecord(room.AsSpan(offset), out ManifestRecord record))
            {
                throw Corrupt(
                    roomOffset + end,
                    $"record {_sequence + 1} is damaged, and record {record.Sequence} at offset {roomOffset + offset} says that it had been durable");
            }
        }
    }

    private bool TryReadRecord(ReadOnlySpan<byte> bytes, out ManifestRecord record)
    {
        return ManifestRecord.TryReadHeader(bytes, _header.FileId, bytes.Length, out record)
            && record.TotalBytes <= bytes.Length
            && ManifestRecord.IsSound(bytes[..record.TotalBytes]);
    }

    private void Fold(ManifestRecord record, ReadOnlySpan<byte> bytes, long offset)
    {
        ReadOnlySpan<byte> payload = bytes.Slice(ManifestFormat.RecordHeaderBytes, record.PayloadBytes);
        if (!ManifestPayloadReader.TryDecode(payload, out ManifestEdit edit, out string problem)
            || !ManifestRules.TryFold(_state, edit, out ManifestState? next, out problem))
        {
            throw Corrupt(offset, $"record {record.Sequence}: {problem}");
        }

        _state = next;
        _sequence = record.Sequence;
    }

    private byte[] ReadBytes(long offset, int count)
    {
        byte[] bytes = new byte[count];
        int done = _file.Read(bytes, offset);
        return done == count ? bytes : throw Corrupt(offset + done, "the file ends early");
    }

    private ManifestCorruptionException Corrupt(long offset, string problem) => new(_file.Path, offset, problem);
}
