using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace RespKv.Fuzz.Wal;

/// <summary>The numbers of docs/format/wal.md, written down a second time: the reference shares nothing with the reader.</summary>
internal static class WalLayout
{
    public const int SectorBytes = 512;
    public const int SegmentBytesMin = 4096;
    public const long SegmentBytesMax = 64L << 30;
    public const int BatchHeaderBytes = 48;
    public const int RecordLengthBytes = 4;
    public const int CrcAt = 4;

    public const int SegmentCrcAt = 8;
    public const int SegmentCrcFrom = 12;
    public const int SegmentLogIdAt = 16;
    public const int SegmentFirstLsnAt = 24;
    public const int SegmentBytesAt = 32;
    public const int SegmentFlagsAt = 40;

    public const int BatchCrcFrom = 8;
    public const int BatchCountAt = 12;
    public const int BatchLogIdAt = 16;
    public const int BatchFirstLsnAt = 24;
    public const int BatchDurableLsnAt = 32;
    public const int BatchPayloadBytesAt = 40;

    /// <summary>Header, payload and padding, so that a batch fits an array.</summary>
    public const int BatchBytesMax = 0x7FFF_FE00;

    /// <summary>What is cut at most of a recycled segment when the torn batch's length is not known.</summary>
    public const long RecycledCutBytesMax = 8L << 20;

    private const string NamePrefix = "wal-";
    private const string NameSuffix = ".log";
    private const int NameDigits = 20;

    public static ReadOnlySpan<byte> SegmentMagic => "RESPKVWL"u8;

    public static ReadOnlySpan<byte> BatchMagic => "RKWB"u8;

    public static string SegmentName(long lsn) => NamePrefix + lsn.ToString("D20", CultureInfo.InvariantCulture) + NameSuffix;

    public static bool TryParseSegmentName(string name, out long lsn)
    {
        lsn = 0;
        return name.Length == NamePrefix.Length + NameDigits + NameSuffix.Length
            && name.StartsWith(NamePrefix, StringComparison.Ordinal)
            && name.EndsWith(NameSuffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(NamePrefix.Length, NameDigits), NumberStyles.None, CultureInfo.InvariantCulture, out lsn)
            && lsn >= 1;
    }

    public static long Aligned(long bytes) => (bytes + SectorBytes - 1) / SectorBytes * SectorBytes;

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>Makes the header of a segment agree with its checksum.</summary>
    public static void SealSegment(Span<byte> sector)
        => BinaryPrimitives.WriteUInt32LittleEndian(sector[SegmentCrcAt..], Crc32C(sector[SegmentCrcFrom..SectorBytes]));

    /// <summary>Makes a batch agree with its checksum, when its length lies within the bytes.</summary>
    public static void SealBatch(Span<byte> batch)
    {
        long bytes = BatchHeaderBytes + (long)BinaryPrimitives.ReadInt32LittleEndian(batch[BatchPayloadBytesAt..]);
        if (bytes >= BatchHeaderBytes && bytes <= batch.Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(batch[CrcAt..], Crc32C(batch[BatchCrcFrom..(int)bytes]));
        }
    }
}

/// <summary>The head of a segment.</summary>
internal readonly record struct SegmentHead(uint Version, ulong LogId, long FirstLsn, long SegmentBytes, uint Flags)
{
    public bool IsRecycled => (Flags & 1) != 0;

    /// <summary>Null: not a sound one.</summary>
    public static SegmentHead? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < WalLayout.SectorBytes
            || !file.StartsWith(WalLayout.SegmentMagic)
            || BinaryPrimitives.ReadUInt32LittleEndian(file[WalLayout.SegmentCrcAt..]) != WalLayout.Crc32C(file[WalLayout.SegmentCrcFrom..WalLayout.SectorBytes]))
        {
            return null;
        }

        return new SegmentHead(
            BinaryPrimitives.ReadUInt32LittleEndian(file[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(file[WalLayout.SegmentLogIdAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(file[WalLayout.SegmentFirstLsnAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(file[WalLayout.SegmentBytesAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(file[WalLayout.SegmentFlagsAt..]));
    }
}

/// <summary>The head of a batch.</summary>
/// <param name="IsWhole">All of it lies within the segment and its checksum fits.</param>
internal readonly record struct BatchHead(bool IsSeal, int Count, ulong LogId, long FirstLsn, long DurableLsn, int PayloadBytes, bool IsWhole)
{
    public long NextLsn => FirstLsn + Count;

    public long Bytes => WalLayout.Aligned(WalLayout.BatchHeaderBytes + (long)PayloadBytes);

    /// <summary>Null: no head of a batch stands there.</summary>
    public static BatchHead? Read(ReadOnlySpan<byte> segment, long at)
    {
        if (at + WalLayout.BatchHeaderBytes > segment.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> bytes = segment[(int)at..];
        int kind = bytes[8];
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[WalLayout.BatchCountAt..]);
        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[WalLayout.BatchPayloadBytesAt..]);
        long first = BinaryPrimitives.ReadInt64LittleEndian(bytes[WalLayout.BatchFirstLsnAt..]);
        long durable = BinaryPrimitives.ReadInt64LittleEndian(bytes[WalLayout.BatchDurableLsnAt..]);
        bool isSound = bytes.StartsWith(WalLayout.BatchMagic)
            && first >= 1 && durable >= 0 && durable < first && (Int128)first + count <= long.MaxValue
            && kind switch
            {
                1 => count > 0 && payload >= (long)count * WalLayout.RecordLengthBytes && payload <= WalLayout.BatchBytesMax - WalLayout.BatchHeaderBytes,
                2 => count == 0 && payload == 0,
                _ => false,
            };
        if (!isSound)
        {
            return null;
        }

        long length = WalLayout.BatchHeaderBytes + (long)payload;
        bool isWhole = length <= bytes.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[WalLayout.CrcAt..]) == WalLayout.Crc32C(bytes[WalLayout.BatchCrcFrom..(int)length]);
        return new BatchHead(kind == 2, count, BinaryPrimitives.ReadUInt64LittleEndian(bytes[WalLayout.BatchLogIdAt..]), first, durable, payload, isWhole);
    }
}
