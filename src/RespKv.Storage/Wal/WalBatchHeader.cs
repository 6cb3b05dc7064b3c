using System.Buffers.Binary;

namespace RespKv.Storage.Wal;

/// <summary>
/// The head of a batch. Invariant of what is written, checked again when read: a durable LSN lies below the first LSN
/// of the batch that states it, and a seal has no records.
/// </summary>
/// <param name="Kind">Records or seal.</param>
/// <param name="Count">Number of records.</param>
/// <param name="LogId">The log that it belongs to.</param>
/// <param name="FirstLsn">LSN of the first record; of a seal, the LSN that the next record will have.</param>
/// <param name="DurableLsn">What was durable when the batch was written (decision 11).</param>
/// <param name="PayloadBytes">Bytes after the header, without the padding.</param>
internal readonly record struct WalBatchHeader(
    WalBatchKind Kind,
    int Count,
    ulong LogId,
    long FirstLsn,
    long DurableLsn,
    int PayloadBytes)
{
    /// <summary>LSN after the last record.</summary>
    internal long NextLsn => FirstLsn + Count;

    /// <summary>Bytes on disk: header, payload, padding.</summary>
    internal long AlignedBytes => WalFormat.AlignUp(WalFormat.BatchHeaderBytes + (long)PayloadBytes);

    /// <summary>Writes the header in front of the payload that is already there, with the CRC over both.</summary>
    internal void Write(Span<byte> batch)
    {
        batch = batch[..(WalFormat.BatchHeaderBytes + PayloadBytes)];
        batch[..WalFormat.BatchHeaderBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(batch, WalFormat.BatchMagic);
        batch[WalFormat.BatchKindOffset] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(batch[WalFormat.BatchCountOffset..], Count);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[WalFormat.BatchLogIdOffset..], LogId);
        BinaryPrimitives.WriteInt64LittleEndian(batch[WalFormat.BatchFirstLsnOffset..], FirstLsn);
        BinaryPrimitives.WriteInt64LittleEndian(batch[WalFormat.BatchDurableLsnOffset..], DurableLsn);
        BinaryPrimitives.WriteInt32LittleEndian(batch[WalFormat.BatchPayloadBytesOffset..], PayloadBytes);
        uint crc = Crc32C.Compute(batch[WalFormat.BatchKindOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(batch[WalFormat.BatchCrcOffset..], crc);
    }

    /// <summary>False when these bytes cannot be a header. True proves nothing before <see cref="CrcMatches"/>.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> data, out WalBatchHeader header)
    {
        header = default;
        if (data.Length < WalFormat.BatchHeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(data) != WalFormat.BatchMagic)
        {
            return false;
        }

        header = new WalBatchHeader(
            (WalBatchKind)data[WalFormat.BatchKindOffset],
            BinaryPrimitives.ReadInt32LittleEndian(data[WalFormat.BatchCountOffset..]),
            BinaryPrimitives.ReadUInt64LittleEndian(data[WalFormat.BatchLogIdOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(data[WalFormat.BatchFirstLsnOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(data[WalFormat.BatchDurableLsnOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(data[WalFormat.BatchPayloadBytesOffset..]));
        return header.IsPlausible;
    }

    /// <summary>The batch is header and payload, without padding.</summary>
    internal static bool CrcMatches(ReadOnlySpan<byte> batch)
    {
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(batch[WalFormat.BatchCrcOffset..]);
        return crc == Crc32C.Compute(batch[WalFormat.BatchKindOffset..]);
    }

    private bool IsPlausible
    {
        get
        {
            if (FirstLsn < WalFormat.FirstLsn || DurableLsn < 0 || DurableLsn >= FirstLsn || FirstLsn > long.MaxValue - Count)
            {
                return false;
            }

            return Kind switch
            {
                WalBatchKind.Records => Count > 0
                    && PayloadBytes <= WalFormat.PayloadBytesMax
                    && PayloadBytes >= (long)Count * WalFormat.RecordHeaderBytes,
                WalBatchKind.Seal => Count == 0 && PayloadBytes == 0,
                _ => false,
            };
        }
    }
}
