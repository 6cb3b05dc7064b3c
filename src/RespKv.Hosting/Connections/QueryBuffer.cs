using System.Buffers;

namespace RespKv.Hosting.Connections;

/// <summary>The bytes of a client that belong to requests which are not complete, or cannot run yet. Empty: no memory.</summary>
internal struct QueryBuffer
{
    /// <summary>First allocation: one read of the socket.</summary>
    private const int BytesMin = 4096;

    /// <summary>Arrays above it are left to the garbage collector rather than kept in the pool.</summary>
    private const int PooledBytesMax = 1024 * 1024;

    /// <summary>A large array is given back when no more than this share of it is used.</summary>
    private const int ShrinkFactor = 8;

    private byte[]? _bytes;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <param name="data">What came.</param>
    /// <param name="bytesWanted">What the request needs in all, as far as known: room is made for it once the client has sent a part of it.</param>
    public void Append(ReadOnlySpan<byte> data, long bytesWanted)
    {
        int needed = checked(Length + data.Length);
        if (_bytes is null || needed > _bytes.Length)
        {
            Grow(needed, bytesWanted);
        }

        data.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
    }

    public void Consume(int count)
    {
        Length -= count;
        if (Length == 0)
        {
            Clear();
        }
        else if (_bytes!.Length > PooledBytesMax && Length <= _bytes.Length / ShrinkFactor)
        {
            byte[] large = _bytes;
            _bytes = null;
            int length = Length;
            Length = 0;
            Append(large.AsSpan(count, length), 0);
        }
        else if (count > 0)
        {
            _bytes.AsSpan(count, Length).CopyTo(_bytes);
        }
    }

    public void Clear()
    {
        Return(_bytes);
        _bytes = null;
        Length = 0;
    }

    private void Grow(int needed, long bytesWanted)
    {
        // Doubling bounds the copying; what is announced is only believed up to four times what has come, so that a promise of 512 MB
        // costs nothing.
        long capacity = Math.Max(BytesMin, 2L * needed);
        if (bytesWanted > needed && bytesWanted <= 4L * needed)
        {
            capacity = bytesWanted;
        }

        capacity = Math.Min(capacity, Array.MaxLength);
        byte[] grown = capacity <= PooledBytesMax
            ? ArrayPool<byte>.Shared.Rent((int)capacity)
            : GC.AllocateUninitializedArray<byte>((int)capacity);
        Span.CopyTo(grown);
        Return(_bytes);
        _bytes = grown;
    }

    private static void Return(byte[]? bytes)
    {
        if (bytes is not null && bytes.Length <= PooledBytesMax)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
