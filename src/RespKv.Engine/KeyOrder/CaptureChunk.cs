using System.Buffers.Binary;

namespace RespKv.Engine.KeyOrder;

/// <summary>Keys one behind the other: database and length, four bytes each, then the key. Guarded by the turn.</summary>
internal sealed class CaptureChunk(int bytesMin)
{
    /// <summary>Some thousand keys of the usual length.</summary>
    private const int ChunkBytes = 64 * 1024;

    private const int HeaderBytes = 2 * sizeof(int);

    private readonly byte[] _bytes = new byte[Math.Max(ChunkBytes, bytesMin)];

    /// <summary>What was noted after this chunk was full.</summary>
    public CaptureChunk? Next { get; set; }

    public int Used { get; private set; }

    public static int BytesOf(int keyLength) => HeaderBytes + keyLength;

    public bool HasRoom(int bytes) => bytes <= _bytes.Length - Used;

    public void Add(int database, ReadOnlySpan<byte> key)
    {
        Span<byte> target = _bytes.AsSpan(Used);
        BinaryPrimitives.WriteInt32LittleEndian(target, database);
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(int)..], key.Length);
        key.CopyTo(target[HeaderBytes..]);
        Used += HeaderBytes + key.Length;
    }

    /// <summary>The key at an offset, which moves to the next one. False behind the last one.</summary>
    public bool Read(ref int offset, out int database, out ReadOnlySpan<byte> key)
    {
        if (offset >= Used)
        {
            database = 0;
            key = default;
            return false;
        }

        ReadOnlySpan<byte> source = _bytes.AsSpan(offset);
        database = BinaryPrimitives.ReadInt32LittleEndian(source);
        int length = BinaryPrimitives.ReadInt32LittleEndian(source[sizeof(int)..]);
        key = source.Slice(HeaderBytes, length);
        offset += HeaderBytes + length;
        return true;
    }
}
