using System.IO.Compression;

namespace RespKv.Storage.Tables;

/// <summary>The compression libraries of the platform behind one call each way. Not thread safe.</summary>
internal sealed class BlockCompressor
{
    // Measured on redis-benchmark-like entries; see docs/format/table.md. Higher qualities cost more than they save.
    private const int BrotliQuality = 1;
    private const int BrotliWindowBits = 18;

    /// <summary>A block that gets smaller by less than an eighth is stored as it is: every read would pay for it.</summary>
    private const int WorthShift = 3;

    private readonly TableCompression _compression;
    private byte[] _buffer = [];

    internal BlockCompressor(TableCompression compression)
    {
        _compression = compression;
    }

    /// <summary>Compresses a payload behind room for a header. False when it is not worth it.</summary>
    internal bool TryCompress(ReadOnlySpan<byte> payload, out Span<byte> block)
    {
        block = default;
        if (_compression == TableCompression.None || payload.Length > TableFormat.CompressBytesMax)
        {
            return false;
        }

        int bytesMax = payload.Length - (payload.Length >> WorthShift);
        Grow.Trim(ref _buffer, TableFormat.BlockHeaderBytes + bytesMax);
        Grow.Afresh(ref _buffer, TableFormat.BlockHeaderBytes + bytesMax);
        Span<byte> target = _buffer.AsSpan(TableFormat.BlockHeaderBytes, bytesMax);
        int bytes = _compression == TableCompression.Brotli ? Brotli(payload, target) : Deflate(payload, target);
        block = _buffer.AsSpan(0, TableFormat.BlockHeaderBytes + bytes);
        return bytes > 0;
    }

    /// <summary>False when the bytes are not what a compressor made of exactly so many.</summary>
    internal static bool TryDecompress(TableCompression compression, byte[] source, int start, int length, Span<byte> target)
    {
        if (compression == TableCompression.Brotli)
        {
            return BrotliDecoder.TryDecompress(source.AsSpan(start, length), target, out int written) && written == target.Length;
        }

        try
        {
            using var stream = new DeflateStream(new MemoryStream(source, start, length, writable: false), CompressionMode.Decompress);
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) == target.Length && stream.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static int Brotli(ReadOnlySpan<byte> payload, Span<byte> target)
        => BrotliEncoder.TryCompress(payload, target, out int written, BrotliQuality, BrotliWindowBits) ? written : 0;

    private static int Deflate(ReadOnlySpan<byte> payload, Span<byte> target)
    {
        using var packed = new MemoryStream(target.Length);
        using (var stream = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(payload);
        }

        if (packed.Length > target.Length)
        {
            return 0;
        }

        packed.GetBuffer().AsSpan(0, (int)packed.Length).CopyTo(target);
        return (int)packed.Length;
    }
}
