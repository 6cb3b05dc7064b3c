using System.Buffers;

namespace RespKv.Protocol;

/// <summary>
/// Reply bytes on their way to a client: a chain of pooled segments. Not thread safe: the owner says which lock guards it.
/// </summary>
/// <remarks>
/// Invariants: bytes are in order of the closed segments, then the tail; no closed segment is empty; a buffer that is empty holds
/// no segment, except one of <see cref="KeptSegmentBytes"/> when it was made to keep it.
/// </remarks>
/// <param name="keepsSegment">
/// Whether the buffer keeps one segment when it becomes empty: for the one buffer that every turn writes to. A connection's
/// buffer must not, or ten thousand idle connections would hold ten thousand segments.
/// </param>
public sealed class ReplyBuffer(bool keepsSegment = false) : IBufferWriter<byte>
{
    /// <summary>First segment of a connection that is answered a little.</summary>
    internal const int FirstSegmentBytes = 1024;

    /// <summary>Segments double up to this: below the large object heap's 85,000 bytes.</summary>
    internal const int SegmentBytesMax = 64 * 1024;

    /// <summary>The kept segment: room for the replies of a usual turn. A power of two, as the pool's arrays are.</summary>
    internal const int KeptSegmentBytes = 16 * 1024;

    /// <summary>From here on handing a segment over is cheaper than copying it, and it is not mostly empty for the new owner.</summary>
    internal const int HandOverBytesMin = 4 * 1024;

    /// <summary>Slots kept for closed segments; a client that once got 4 MB should not hold a large array for ever.</summary>
    private const int ClosedSlotsKeptMax = 64;

    private Segment[] _closed = [];
    private int _closedHead;
    private int _closedEnd;
    private long _closedLength;

    private byte[] _tail = [];
    private int _tailStart;
    private int _tailEnd;

    /// <summary>Bytes written and not yet taken out.</summary>
    public long Length => _closedLength + _tailEnd - _tailStart;

    /// <summary>Room in the current segment, maybe none. What is written there counts after <see cref="Advance"/>.</summary>
    internal Span<byte> Room => _tail.AsSpan(_tailEnd);

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_tail.Length - _tailEnd < Math.Max(sizeHint, 1))
        {
            AddSegment(sizeHint);
        }

        return _tail.AsSpan(_tailEnd);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_tail.Length - _tailEnd < Math.Max(sizeHint, 1))
        {
            AddSegment(sizeHint);
        }

        return _tail.AsMemory(_tailEnd);
    }

    public void Advance(int count)
    {
        if ((uint)count > (uint)(_tail.Length - _tailEnd))
        {
            throw new ArgumentOutOfRangeException(nameof(count));
        }

        _tailEnd += count;
    }

    /// <summary>Appends bytes of any length, over as many segments as they need.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Room;
            if (room.IsEmpty)
            {
                AddSegment(Math.Min(bytes.Length, SegmentBytesMax));
                room = Room;
            }

            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            _tailEnd += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Drops bytes at the end, so that <paramref name="length"/> are left.</summary>
    public void Truncate(long length)
    {
        if (length < 0 || length > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(length));
        }

        while (Length - length >= _tailEnd - _tailStart && _closedEnd > _closedHead)
        {
            Release(_tail);
            Segment last = _closed[--_closedEnd];
            _closed[_closedEnd] = default;
            _closedLength -= last.Length;
            (_tail, _tailStart, _tailEnd) = (last.Bytes, last.Start, last.End);
        }

        _tailEnd -= (int)(Length - length);
        if (_tailEnd == _tailStart)
        {
            EmptyTail();
        }
    }

    /// <summary>Moves all bytes to the end of <paramref name="destination"/>.</summary>
    public void MoveTo(ReplyBuffer destination) => MoveTo(destination, Length);

    /// <summary>Moves the first bytes to the end of <paramref name="destination"/>: hands over segments that are worth it, copies the others.</summary>
    public void MoveTo(ReplyBuffer destination, long count)
    {
        ArgumentNullException.ThrowIfNull(destination);
        CheckCount(count);
        if (ReferenceEquals(destination, this))
        {
            throw new ArgumentException("A buffer cannot be moved to its own end.", nameof(destination));
        }

        while (count > 0)
        {
            Segment first = First;
            if (first.Length > count || first.Length < HandOverBytesMin)
            {
                int part = (int)Math.Min(count, first.Length);
                destination.Write(first.Span[..part]);
                DropFirst(part);
                count -= part;
            }
            else
            {
                DetachFirst();
                destination.TakeOver(first);
                count -= first.Length;
            }
        }
    }

    /// <summary>Moves the first bytes out, giving back the segments that become empty.</summary>
    public void CopyOut(IBufferWriter<byte> destination, long count)
    {
        ArgumentNullException.ThrowIfNull(destination);
        CheckCount(count);
        while (count > 0)
        {
            Segment first = First;
            int part = (int)Math.Min(count, first.Length);
            destination.Write(first.Span[..part]);
            DropFirst(part);
            count -= part;
        }
    }

    /// <summary>Copies bytes without taking them out.</summary>
    public void CopyRangeTo(long start, Span<byte> destination)
    {
        if (start < 0 || start > Length - destination.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(start));
        }

        for (int i = _closedHead; i <= _closedEnd && !destination.IsEmpty; i++)
        {
            Segment segment = i < _closedEnd ? _closed[i] : new Segment(_tail, _tailStart, _tailEnd);
            if (start >= segment.Length)
            {
                start -= segment.Length;
                continue;
            }

            ReadOnlySpan<byte> part = segment.Span[(int)start..];
            part = part[..Math.Min(part.Length, destination.Length)];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            start = 0;
        }
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyRangeTo(0, bytes);
        return bytes;
    }

    /// <summary>Drops all bytes and gives back the segments, except the one that is kept.</summary>
    public void Clear() => Truncate(0);

    private Segment First => _closedHead < _closedEnd ? _closed[_closedHead] : new Segment(_tail, _tailStart, _tailEnd);

    private void CheckCount(long count)
    {
        if (count < 0 || count > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(count));
        }
    }

    private void DropFirst(int bytes)
    {
        if (_closedHead == _closedEnd)
        {
            _tailStart += bytes;
            if (_tailStart == _tailEnd)
            {
                EmptyTail();
            }

            return;
        }

        Segment first = _closed[_closedHead];
        if (bytes < first.Length)
        {
            _closed[_closedHead] = new Segment(first.Bytes, first.Start + bytes, first.End);
            _closedLength -= bytes;
            return;
        }

        DetachFirst();
        Release(first.Bytes);
    }

    /// <summary>Takes the first segment out of the chain; its array now belongs to the caller.</summary>
    private void DetachFirst()
    {
        if (_closedHead == _closedEnd)
        {
            (_tail, _tailStart, _tailEnd) = ([], 0, 0);
            return;
        }

        _closedLength -= _closed[_closedHead].Length;
        _closed[_closedHead++] = default;
        if (_closedHead == _closedEnd)
        {
            ForgetClosed();
        }
    }

    private void TakeOver(Segment segment)
    {
        CloseTail();
        (_tail, _tailStart, _tailEnd) = (segment.Bytes, segment.Start, segment.End);
    }

    private void AddSegment(int sizeHint)
    {
        long usual = keepsSegment ? Math.Max(Length, KeptSegmentBytes) : Math.Max(Length, FirstSegmentBytes);
        CloseTail();
        _tail = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, (int)Math.Min(usual, SegmentBytesMax)));
        _tailStart = 0;
        _tailEnd = 0;
    }

    private void CloseTail()
    {
        if (_tailEnd == _tailStart)
        {
            Release(_tail);
            return;
        }

        if (_closedEnd == _closed.Length)
        {
            MakeClosedSlot();
        }

        _closed[_closedEnd++] = new Segment(_tail, _tailStart, _tailEnd);
        _closedLength += _tailEnd - _tailStart;
    }

    private void MakeClosedSlot()
    {
        int count = _closedEnd - _closedHead;
        Segment[] target = count > _closed.Length / 2 || _closed.Length == 0 ? new Segment[Math.Max(4, 2 * count)] : _closed;
        Array.Copy(_closed, _closedHead, target, 0, count);
        if (ReferenceEquals(target, _closed))
        {
            Array.Clear(_closed, count, _closed.Length - count);
        }

        (_closed, _closedHead, _closedEnd) = (target, 0, count);
    }

    private void EmptyTail()
    {
        if (_closedEnd == _closedHead)
        {
            ForgetClosed();
        }

        if (!keepsSegment || _tail.Length != KeptSegmentBytes)
        {
            Release(_tail);
            _tail = [];
        }

        _tailStart = 0;
        _tailEnd = 0;
    }

    private void ForgetClosed()
    {
        _closedHead = 0;
        _closedEnd = 0;
        if (_closed.Length > ClosedSlotsKeptMax)
        {
            _closed = [];
        }
    }

    private static void Release(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private readonly struct Segment(byte[] bytes, int start, int end)
    {
        public readonly byte[] Bytes = bytes;
        public readonly int Start = start;
        public readonly int End = end;

        public int Length => End - Start;

        public ReadOnlySpan<byte> Span => Bytes.AsSpan(Start, End - Start);
    }
}
