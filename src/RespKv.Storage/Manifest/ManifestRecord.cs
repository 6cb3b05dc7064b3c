using System.Buffers.Binary;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Manifest;

/// <summary>The header of a record.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="PayloadBytes">Bytes behind the header; padding follows up to the next sector.</param>
/// <param name="FileId">The file that it was written for.</param>
/// <param name="Sequence">Its place in the file, from 1; for a seal that of the last record before it.</param>
internal readonly record struct ManifestRecord(ManifestRecordKind Kind, int PayloadBytes, ulong FileId, long Sequence)
{
    /// <summary>Size on disk: header, payload and padding.</summary>
    internal int TotalBytes => (int)ManifestFormat.AlignUp(ManifestFormat.RecordHeaderBytes + (long)PayloadBytes);

    /// <summary>Header, payload, padding. The CRC covers all of it but magic and itself.</summary>
    internal static byte[] Encode(ManifestRecordKind kind, ulong fileId, long sequence, ReadOnlySpan<byte> payload)
    {
        byte[] bytes = new byte[ManifestFormat.AlignUp(ManifestFormat.RecordHeaderBytes + (long)payload.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ManifestFormat.RecordMagic);
        bytes[ManifestFormat.RecordKindOffset] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(ManifestFormat.RecordPayloadBytesOffset), payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ManifestFormat.RecordFileIdOffset), fileId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ManifestFormat.RecordSequenceOffset), sequence);
        payload.CopyTo(bytes.AsSpan(ManifestFormat.RecordHeaderBytes));
        uint crc = Crc32C.Compute(bytes.AsSpan(ManifestFormat.RecordKindOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ManifestFormat.RecordCrcOffset), crc);
        return bytes;
    }

    /// <summary>False when these bytes cannot begin a record of this file that ends within so many bytes. The CRC is not checked.</summary>
    internal static bool TryReadHeader(ReadOnlySpan<byte> bytes, ulong fileId, long bytesLeft, out ManifestRecord record)
    {
        record = default;
        if (bytes.Length < ManifestFormat.RecordHeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != ManifestFormat.RecordMagic)
        {
            return false;
        }

        record = new ManifestRecord(
            (ManifestRecordKind)bytes[ManifestFormat.RecordKindOffset],
            BinaryPrimitives.ReadInt32LittleEndian(bytes[ManifestFormat.RecordPayloadBytesOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[ManifestFormat.RecordFileIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[ManifestFormat.RecordSequenceOffset..]));
        return record.FileId == fileId
            && record.PayloadBytes >= 0
            && ManifestFormat.RecordHeaderBytes + (long)record.PayloadBytes <= Math.Min(bytesLeft, ManifestFormat.RecordBytesMax);
    }

    /// <summary>All bytes of the record, padding included.</summary>
    internal static bool IsSound(ReadOnlySpan<byte> bytes)
    {
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ManifestFormat.RecordCrcOffset..]);
        return crc == Crc32C.Compute(bytes[ManifestFormat.RecordKindOffset..]);
    }
}
