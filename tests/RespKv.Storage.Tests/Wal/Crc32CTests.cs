using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Wal;

public sealed class Crc32CTests
{
    [Fact]
    public void Known_values_of_RFC_3720_come_out()
    {
        byte[] rising = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
        byte[] ones = new byte[32];
        Array.Fill(ones, (byte)0xFF);

        Assert.Equal(0u, Crc32C.Compute([]));
        Assert.Equal(0xE306_9283, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A91_36AA, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8_AB43u, Crc32C.Compute(ones));
        Assert.Equal(0x46DD_794Eu, Crc32C.Compute(rising));
    }
}
