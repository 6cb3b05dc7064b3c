using System.Collections.Frozen;
using RespKv.Storage.Files;
using RespKv.Storage.Manifest;

namespace RespKv.Storage.Inspection;

/// <summary>A record, or a place in a manifest that is none.</summary>
/// <param name="Offset">Bytes from the start of the file.</param>
/// <param name="Sequence">Of a sound record; 0 for damage.</param>
/// <param name="Edit">Of a sound record that holds one; null for seals and damage.</param>
/// <param name="Problem">Of damage: what it is. Otherwise empty.</param>
public sealed record ManifestPiece(long Offset, long Sequence, ManifestEdit? Edit, string Problem);

/// <summary>
/// A manifest file read to its end, whatever is damaged in it: for repair, where start-up would refuse. Changes nothing.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Number">By its name.</param>
/// <param name="Pieces">What stands in it, zeros left out.</param>
/// <param name="State">
/// What the sound records add up to; null when even its beginning is lost and nothing can be made of the rest.
/// </param>
/// <param name="IsWhole">No record is missing in front of the last sound one: the state is what the manifest said.</param>
/// <param name="Prefix">The state up to the first record that is missing: it was once in force. Null when there is none.</param>
public sealed record ManifestScan(
    string Path, long Number, IReadOnlyList<ManifestPiece> Pieces, ManifestState? State, bool IsWhole, ManifestState? Prefix)
{
    /// <summary>Every manifest of a directory, newest first.</summary>
    public static IReadOnlyList<ManifestScan> All(IFileSystem files, string directory)
    {
        var scans = new List<ManifestScan>();
        foreach (string name in files.ListFiles(directory).Reverse())
        {
            if (ManifestNames.TryParseManifest(name, out long number))
            {
                scans.Add(Run(files, System.IO.Path.Combine(directory, name), number));
            }
        }

        return scans;
    }

    /// <summary>A state from parts that were told by tables and by a human: for a directory whose manifest is lost.</summary>
    /// <returns>Null when the parts contradict each other; then the problem says how.</returns>
    public static ManifestState? Compose(ManifestEdit whole, out string problem)
    {
        ManifestEdit complete = ManifestRules.Complete(ManifestState.Empty, whole);
        return ManifestRules.TryFold(ManifestState.Empty, complete, out ManifestState? state, out problem) ? state : null;
    }

    private static ManifestScan Run(IFileSystem files, string path, long number)
    {
        byte[] bytes;
        using (IFile file = files.Open(path, FileOpenKind.Read))
        {
            bytes = new byte[(int)Math.Min(file.Length, Array.MaxLength)];
            bytes = bytes[..file.Read(bytes, 0)];
        }

        var pieces = new List<ManifestPiece>();
        bool hasHeader = ManifestFileHeader.TryRead(bytes, out ManifestFileHeader header, out _) && header.Number == number;
        if (!hasHeader)
        {
            pieces.Add(new ManifestPiece(0, 0, null, "the file's header is damaged"));
        }

        ReadRecords(bytes, hasHeader ? header.FileId : null, pieces);
        int baseRecords = hasHeader ? header.BaseRecords : 1;
        (ManifestState? state, bool isWhole) = Fold(pieces, baseRecords);
        ManifestState? prefix = isWhole ? state : Fold(Contiguous(pieces), baseRecords).State;
        return new ManifestScan(path, number, pieces, state, hasHeader && isWhole, hasHeader ? prefix : null);
    }

    // Records begin on sector boundaries. Without a header the first sound record says which file this is.
    private static void ReadRecords(ReadOnlySpan<byte> bytes, ulong? fileId, List<ManifestPiece> pieces)
    {
        bool inDamage = false;
        for (int offset = ManifestFormat.FileHeaderBytes; offset < bytes.Length;)
        {
            ReadOnlySpan<byte> rest = bytes[offset..];
            if (TryReadRecord(rest, fileId, out ManifestRecord record))
            {
                fileId ??= record.FileId;
                pieces.Add(Piece(offset, record, rest));
                offset += record.TotalBytes;
                inDamage = false;
                continue;
            }

            ReadOnlySpan<byte> sector = rest[..Math.Min(ManifestFormat.SectorBytes, rest.Length)];
            if (!inDamage && sector.ContainsAnyExcept((byte)0))
            {
                pieces.Add(new ManifestPiece(offset, 0, null, "a record whose checksum does not match, or no record"));
                inDamage = true;
            }

            offset += ManifestFormat.SectorBytes;
        }
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> rest, ulong? fileId, out ManifestRecord record)
    {
        record = default;
        if (rest.Length < ManifestFormat.RecordHeaderBytes)
        {
            return false;
        }

        ulong id = fileId ?? System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(rest[ManifestFormat.RecordFileIdOffset..]);
        return ManifestRecord.TryReadHeader(rest, id, rest.Length, out record)
            && record.TotalBytes <= rest.Length
            && ManifestRecord.IsSound(rest[..record.TotalBytes]);
    }

    private static ManifestPiece Piece(long offset, in ManifestRecord record, ReadOnlySpan<byte> rest)
    {
        if (record.Kind == ManifestRecordKind.Seal)
        {
            return new ManifestPiece(offset, record.Sequence, null, "");
        }

        ReadOnlySpan<byte> payload = rest.Slice(ManifestFormat.RecordHeaderBytes, record.PayloadBytes);
        return ManifestPayloadReader.TryDecode(payload, out ManifestEdit edit, out string problem)
            ? new ManifestPiece(offset, record.Sequence, edit, "")
            : new ManifestPiece(offset, 0, null, problem);
    }

    private static List<ManifestPiece> Contiguous(List<ManifestPiece> pieces)
    {
        long expected = 1;
        return [.. pieces.Where(piece => piece.Edit is not null).TakeWhile(piece => piece.Sequence == expected++)];
    }

    // What is missing cannot be known; what is there is taken at its word, the later over the earlier.
    private static (ManifestState? State, bool IsWhole) Fold(IReadOnlyList<ManifestPiece> pieces, int baseRecords)
    {
        var tables = new Dictionary<long, TableInfo>();
        var whole = new ManifestEdit { Spaces = FrozenDictionary<int, uint>.Empty };
        long expected = 1;
        bool isWhole = true;
        foreach (ManifestPiece piece in pieces)
        {
            if (piece.Edit is not { } edit)
            {
                continue;
            }

            isWhole &= piece.Sequence == expected;
            expected = piece.Sequence + 1;
            foreach (long number in edit.Deleted)
            {
                tables.Remove(number);
            }

            foreach (TableInfo table in edit.Added)
            {
                tables[table.Number] = table;
            }

            whole = new ManifestEdit
            {
                LogId = edit.LogId ?? whole.LogId,
                CheckpointLsn = edit.CheckpointLsn ?? whole.CheckpointLsn,
                NextFileNumber = edit.NextFileNumber ?? whole.NextFileNumber,
                NextSpace = edit.NextSpace ?? whole.NextSpace,
                Spaces = edit.Spaces ?? whole.Spaces,
            };
        }

        isWhole &= expected > baseRecords;
        if (expected == 1 && baseRecords > 0)
        {
            return (null, false);
        }

        return (Compose(whole with { Added = [.. tables.Values] }, out _), isWhole);
    }
}
