using RespKv.Storage.Mutations;
using RespKv.Storage.Tests.Wal;

namespace RespKv.Storage.Tests.Mutations;

public sealed class ElementTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 127)]
    [InlineData(128, 1)]
    [InlineData(70_000, 200_000)]
    public void Elements_of_any_length_come_back_in_order(int nameBytes, int valueBytes)
    {
        var buffer = new ElementBuffer();
        for (int index = 0; index < 5; index++)
        {
            buffer.Add(LogMaker.Content(index, nameBytes), LogMaker.Content(-index, valueBytes));
        }

        Assert.Equal(5, buffer.Count);
        Assert.True(buffer.ByteCount <= 5 * ElementBuffer.ElementBytesMax(nameBytes, valueBytes));
        Assert.True(ElementReader.AreElements(buffer.Bytes));
        var reader = new ElementReader(buffer.Bytes);
        for (int index = 0; index < 5; index++)
        {
            Assert.True(reader.Read());
            Assert.Equal(LogMaker.Content(index, nameBytes), reader.Name.ToArray());
            Assert.Equal(LogMaker.Content(-index, valueBytes), reader.Value.ToArray());
        }

        Assert.False(reader.Read());
    }

    [Fact]
    public void Names_come_back_without_values()
    {
        var buffer = new ElementBuffer();
        buffer.AddName("a"u8);
        buffer.AddName(""u8);
        buffer.AddName("bc"u8);

        Assert.True(ElementReader.AreNames(buffer.Bytes));
        var reader = new ElementReader(buffer.Bytes);
        Assert.True(reader.ReadName());
        Assert.Equal("a"u8.ToArray(), reader.Name.ToArray());
        Assert.True(reader.ReadName());
        Assert.True(reader.Name.IsEmpty);
        Assert.True(reader.ReadName());
        Assert.Equal("bc"u8.ToArray(), reader.Name.ToArray());
        Assert.True(reader.Value.IsEmpty);
        Assert.False(reader.ReadName());
    }

    [Fact]
    public void Cleared_buffer_begins_anew_and_lets_go_of_a_huge_array()
    {
        var buffer = new ElementBuffer();
        buffer.Add("name"u8, new byte[8 << 20]);
        buffer.Clear();
        Assert.Equal((0, 0), (buffer.Count, buffer.ByteCount));
        Assert.True(buffer.Bytes.IsEmpty);

        long before = GC.GetAllocatedBytesForCurrentThread();
        buffer.Add("name"u8, "value"u8);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4096);
        Assert.Equal(11, buffer.ByteCount);
    }

    [Fact]
    public void Nothing_is_no_elements()
    {
        Assert.False(ElementReader.AreElements([]));
        Assert.False(ElementReader.AreNames([]));
        Assert.False(new ElementReader([]).Read());
        Assert.False(new ElementReader([]).ReadName());
    }

    [Fact]
    public void Elements_that_are_cut_anywhere_are_refused()
    {
        var buffer = new ElementBuffer();
        buffer.Add(LogMaker.Content(1, 130), LogMaker.Content(2, 3));
        byte[] whole = buffer.Bytes.ToArray();
        for (int length = 1; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.False(ElementReader.AreElements(cut));
            Assert.Throws<InvalidDataException>(() => new ElementReader(cut).Read());
        }
    }

    [Theory]
    [InlineData("80-00")]
    [InlineData("FF-FF-FF-FF-FF-FF-FF-FF-FF-01-00")]
    [InlineData("FF-FF-FF-FF-0F-00")]
    [InlineData("02-61")]
    public void Malformed_names_are_refused(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace("-", "", StringComparison.Ordinal));

        Assert.False(ElementReader.AreNames(bytes));
        Assert.Throws<InvalidDataException>(() => new ElementReader(bytes).ReadName());
    }
}
