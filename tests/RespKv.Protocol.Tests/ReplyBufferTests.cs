using System.Buffers;

namespace RespKv.Protocol.Tests;

public sealed class ReplyBufferTests
{
    private readonly ReplyBuffer _buffer = new();

    [Fact]
    public void NewBuffer_HoldsNothing()
    {
        Assert.Equal(0, _buffer.Length);
        Assert.Empty(_buffer.ToArray());
        Assert.True(_buffer.Room.IsEmpty);
    }

    [Fact]
    public void GetSpanAndGetMemory_GiveTheRoomThatWasAskedFor()
    {
        Assert.True(_buffer.GetSpan(1).Length >= 1);
        Assert.True(_buffer.GetSpan().Length >= 1);
        Assert.True(_buffer.GetSpan(100_000).Length >= 100_000);
        "ab"u8.CopyTo(_buffer.GetMemory(200_000).Span);
        _buffer.Advance(2);

        Assert.Equal("ab"u8.ToArray(), _buffer.ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void AdvanceBeyondTheRoom_Throws(int count)
    {
        _buffer.GetSpan(10);

        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.Advance(count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void Write_KeepsBytesOfAnyLength(int length)
    {
        byte[] bytes = Bytes(length, seed: 1);
        _buffer.Write("start"u8);
        _buffer.Write(bytes);

        Assert.Equal(5 + length, _buffer.Length);
        Assert.Equal([.. "start"u8, .. bytes], _buffer.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(150_000)]
    [InlineData(300_000)]
    public void Truncate_LeavesTheFirstBytesAndGoesOnBehindThem(int length)
    {
        byte[] bytes = Bytes(300_000, seed: 2);
        _buffer.Write(bytes);

        _buffer.Truncate(length);
        _buffer.Write("more"u8);

        Assert.Equal([.. bytes.AsSpan(0, length), .. "more"u8], _buffer.ToArray());
    }

    [Fact]
    public void CountsBeyondTheLength_Throw()
    {
        _buffer.Write("abc"u8);

        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.Truncate(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.Truncate(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.CopyOut(new ArrayBufferWriter<byte>(), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.CopyOut(new ArrayBufferWriter<byte>(), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.MoveTo(new ReplyBuffer(), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.CopyRangeTo(1, new byte[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.CopyRangeTo(-1, new byte[3]));
        Assert.Equal("abc"u8.ToArray(), _buffer.ToArray());
    }

    [Fact]
    public void CopyRangeTo_CopiesFromTheMiddle()
    {
        byte[] bytes = Bytes(200_000, seed: 3);
        _buffer.Write(bytes);
        byte[] part = new byte[100_000];

        _buffer.CopyRangeTo(50_000, part);

        Assert.Equal(bytes.AsSpan(50_000, 100_000).ToArray(), part);
        Assert.Equal(200_000, _buffer.Length);
    }

    [Fact]
    public void MoveTo_HandsLargeSegmentsOver()
    {
        Span<byte> room = _buffer.GetSpan(50_000);
        room[..50_000].Fill((byte)'x');
        _buffer.Advance(50_000);
        ReplyBuffer destination = new();
        destination.Write("first"u8);

        _buffer.MoveTo(destination);
        room[0] = (byte)'y';

        byte[] moved = destination.ToArray();
        Assert.Equal(50_005, moved.Length);
        Assert.Equal((byte)'y', moved[5]);
        Assert.Equal(0, _buffer.Length);
        Assert.True(_buffer.Room.IsEmpty);
    }

    [Fact]
    public void MoveTo_CopiesSmallSegments()
    {
        ReplyBuffer source = new(keepsSegment: true);
        source.Write("abc"u8);
        ReplyBuffer destination = new();

        source.MoveTo(destination);
        source.Write("zzz"u8);

        Assert.Equal("abc"u8.ToArray(), destination.ToArray());
        Assert.Equal("zzz"u8.ToArray(), source.ToArray());
    }

    [Fact]
    public void MoveToItself_Throws() => Assert.Throws<ArgumentException>(() => _buffer.MoveTo(_buffer));

    [Fact]
    public void EmptyBuffer_HoldsNoSegment()
    {
        Action<ReplyBuffer>[] emptied =
        [
            buffer => buffer.Clear(),
            buffer => buffer.Truncate(0),
            buffer => buffer.CopyOut(new ArrayBufferWriter<byte>(), buffer.Length),
            buffer => buffer.MoveTo(new ReplyBuffer()),
        ];
        foreach (Action<ReplyBuffer> empty in emptied)
        {
            foreach (int length in new[] { 3, 5_000, 200_000 })
            {
                _buffer.Write(Bytes(length, seed: 4));
                empty(_buffer);
                Assert.Equal(0, _buffer.Length);
                Assert.True(_buffer.Room.IsEmpty);
            }
        }
    }

    [Fact]
    public void KeepingBuffer_HoldsOneUsualSegmentOnly()
    {
        ReplyBuffer buffer = new(keepsSegment: true);
        buffer.Write("abc"u8);
        buffer.Clear();
        Assert.Equal(ReplyBuffer.KeptSegmentBytes, buffer.Room.Length);

        buffer.Write(new byte[100_000]);
        buffer.Clear();
        Assert.InRange(buffer.Room.Length, 0, ReplyBuffer.KeptSegmentBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomOperations_AgreeWithAPlainList(int seed)
    {
        Random random = new(seed);
        ReplyBuffer first = new(keepsSegment: true);
        ReplyBuffer second = new();
        List<byte> expectedFirst = [];
        List<byte> expectedSecond = [];
        for (int step = 0; step < 3000; step++)
        {
            int length = random.Next(4) == 0 ? random.Next(20_000) : random.Next(100);
            int part = random.Next(expectedFirst.Count + 1);
            int secondPart = random.Next(expectedSecond.Count + 1);
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    byte[] bytes = Bytes(length, step);
                    first.Write(bytes);
                    expectedFirst.AddRange(bytes);
                    break;
                case 3:
                    Bytes(length, step).CopyTo(first.GetSpan(length));
                    first.Advance(length);
                    expectedFirst.AddRange(Bytes(length, step));
                    break;
                case 4:
                    first.Truncate(part);
                    expectedFirst.RemoveRange(part, expectedFirst.Count - part);
                    break;
                case 5:
                    part = random.Next(2) == 0 ? expectedFirst.Count : part;
                    first.MoveTo(second, part);
                    expectedSecond.AddRange(expectedFirst[..part]);
                    expectedFirst.RemoveRange(0, part);
                    break;
                case 6:
                    ArrayBufferWriter<byte> taken = new();
                    second.CopyOut(taken, secondPart);
                    Assert.Equal(expectedSecond[..secondPart].ToArray(), taken.WrittenSpan.ToArray());
                    expectedSecond.RemoveRange(0, secondPart);
                    break;
                default:
                    second.Truncate(secondPart);
                    expectedSecond.RemoveRange(secondPart, expectedSecond.Count - secondPart);
                    break;
            }

            Assert.Equal(expectedFirst.Count, first.Length);
            Assert.Equal(expectedSecond.Count, second.Length);
            if (step % 50 == 0)
            {
                Assert.Equal(expectedFirst.ToArray(), first.ToArray());
                Assert.Equal(expectedSecond.ToArray(), second.ToArray());
            }
        }
    }

    private static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
