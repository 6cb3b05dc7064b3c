using System.Buffers.Binary;
using System.Text;
using RespKv.Engine.Rdb;
using RespKv.Protocol;
using RespKv.Storage.Mutations;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using ValueType = RespKv.Engine.Keyspace.ValueType;

namespace RespKv.Engine.Tests.Rdb;

/// <summary>Payloads of DUMP are those of redis-server 7.0.15, and what older ones wrote can be restored.</summary>
public sealed class PayloadTests
{
    /// <summary>What redis-server's DUMP answers after that command.</summary>
    public static TheoryData<string, string> Payloads => new()
    {
        { "SET k -129", "00c17fff0a001760822854808480" },
        { "SET k 100000", "00c2a08601000a00f12403506f2fa674" },
        { "SET k 12345678901", "000b31323334353637383930310a00304e52d727176510" },
        { "SET k hello", "000568656c6c6f0a006372df766534200a" },
        { "SET k aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "00c3093c016161e02f000161610a00a67e08b217d09780" },
        { "RPUSH k a 1 -5000 70000 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "120102c31e405e165e00000005008161020101f178ec03f270110104e04678e03c000148ff0a00c8ad04ab60fe90e6" },
        { "SADD k 3 -1 2", "0b0e0200000003000000ffff020003000a00c87a922a3d7de78c" },
        { "SADD k 3 -70000", "0b10040000000200000090eefeff030000000a005714a59719ee8fe9" },
        { "SADD k 1 9007199254740993", "0bc31318040800000002200300012003400080070120000a001d0715f27c3159e8" },
        { "SADD k member", "0201066d656d6265720a00782717cf5e5d03c4" },
        { "HSET k f v n 12 m -3000000000", "101f1f0000000600816602817602816e020c01816d02f400a22f4dffffffff09ff0a00435d14104cb24e03" },
        { "HSET k f yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", "04010166c3094041017979e034000179790a0021ef8f5990cf4fd0" },
        { "ZADD k 1.5 a -inf b 3 c 1e300 d", "11c331391f390000000800816202842d696e660581610283312e350481630203018164029702312e30e005000731652b33303018ff0a004c5aa102d5df1b22" },
        { "ZADD k 1 zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz 2 y", "050201790000000000000040c3094041017a7ae03400017a7a000000000000f03f0a00054135558883dd1d" },
    };

    /// <summary>Types that only older versions write, without the footer, and what is in them.</summary>
    public static TheoryData<string, string> OldPayloads => new()
    {
        { "010201610162", "list: a b" },
        { "0201c07b", "set: 123" },
        { "0303 0161 03312e35 0162ff 0163fe", "zset: a=1.5 b=-inf c=inf" },
        { "0a161600000012000000040000016103f202fe8003017aff", "list: a 1 -128 z" },
        { "0d10100000000d000000020000016603fdff", "hash: f=12" },
        { "0c13130000000d000000020000016d0303312e35ff", "zset: m=1.5" },
        { "0e0110100000000d000000020000016103f2ff", "list: a 1" },
        { "090e02016101006201630201646478ff", "hash: a=b c=dd" },
    };

    [Fact]
    public void Checksum_is_that_of_the_catalogue() => Assert.Equal(0xe9c6d914c4b8d9ca, Crc64.Compute("123456789"u8));

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task What_redis_server_dumps_is_restored_and_dumped_again_byte_for_byte(string command, string payload)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        string bytes = Encoding.Latin1.GetString(Convert.FromHexString(payload));

        Assert.Equal("OK", client.Call("RESTORE", "k", "0", bytes).Text);

        Assert.Equal(payload, Dump(client));
        client.Run("DEL k");
        Assert.NotEqual('-', (char)client.Run(command).Marker);
        Assert.Equal(payload, Dump(client));
    }

    [Theory]
    [MemberData(nameof(OldPayloads))]
    public void What_older_versions_wrote_is_read(string payload, string content)
        => Assert.Equal(content, Read(Seal(Convert.FromHexString(payload.Replace(" ", "", StringComparison.Ordinal)))));

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Payload_with_any_byte_changed_is_refused_by_its_checksum_and_read_or_refused_without_one(string command, string payload)
    {
        byte[] bytes = Convert.FromHexString(payload);
        for (int i = 0; i < bytes.Length; i++)
        {
            foreach (byte change in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] damaged = [.. bytes];
                damaged[i] ^= change;
                Assert.False(RdbPayloadReader.IsIntact(damaged), command);
                if (i < bytes.Length - RdbFormat.FooterBytes)
                {
                    Assert.NotNull(Read(Seal(damaged[..^RdbFormat.FooterBytes])));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void Payload_that_is_cut_off_is_refused(string command, string payload)
    {
        byte[] bytes = Convert.FromHexString(payload);
        for (int length = 0; length < bytes.Length - RdbFormat.FooterBytes; length++)
        {
            Assert.True(Read(Seal(bytes[..length])) == "refused", command);
        }
    }

    [Theory]
    [InlineData("0402016101620161 0163", "a field twice")]
    [InlineData("020201610161", "a member twice")]
    [InlineData("050201610000000000000000 01610000000000000000", "a member of a sorted set twice")]
    [InlineData("0501 0161 000000000000f87f", "a score that is no number")]
    [InlineData("0301 0161 fd", "a score that is no number, in text")]
    [InlineData("0100", "no elements")]
    [InlineData("0b08 0200000000000000", "no integers")]
    [InlineData("0b0c 02000000 02000000 0200 0100", "integers that do not ascend")]
    [InlineData("0b0b 03000000 01000000 020001", "integers of three bytes")]
    [InlineData("00c4", "an unknown encoding")]
    [InlineData("08", "an unknown type")]
    [InlineData("0f00", "a stream")]
    [InlineData("00 81 7fffffffffffffff", "a length beyond the payload")]
    [InlineData("00 c3 03 81 7fffffffffffffff 00 61 62", "more than compressed bytes can be")]
    [InlineData("12 01 03 01 61", "a node of an unknown kind")]
    [InlineData("10 0a 0a000000 0100 816102 ff", "a field without a value")]
    public void Payload_that_makes_no_sense_is_refused(string payload, string why)
        => Assert.True(Read(Seal(Convert.FromHexString(payload.Replace(" ", "", StringComparison.Ordinal)))) == "refused", why);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Compressed_strings_come_back_as_they_were(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++)
        {
            var text = new byte[random.Next(1, 4000)];
            int letters = random.Next(1, random.Next(2) == 0 ? 4 : 256);
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = (byte)random.Next(letters);
            }

            var compressed = new byte[text.Length];
            int count = Lzf.Compress(text, compressed);
            if (count > 0)
            {
                var back = new byte[text.Length];
                Lzf.Decompress(compressed.AsSpan(0, count), back);
                Assert.Equal(text, back);
                Assert.True(text.Length <= count * Lzf.ExpansionMax);
            }
        }
    }

    private static string Dump(TestClient client) => Convert.ToHexStringLower(client.Run("DUMP k").Bytes.Span);

    private static byte[] Seal(byte[] content)
    {
        byte[] payload = [.. content, 9, 0, .. new byte[sizeof(ulong)]];
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(payload.Length - sizeof(ulong)), Crc64.Compute(payload.AsSpan(0, payload.Length - sizeof(ulong))));
        return payload;
    }

    private static string Read(byte[] payload)
    {
        Assert.True(RdbPayloadReader.IsIntact(payload));
        var elements = new ElementBuffer();
        if (!RdbPayloadReader.TryRead(payload, elements, new byte[RdbReader.DigitsMax], out ValueType type, out ReadOnlySpan<byte> text))
        {
            return "refused";
        }

        if (type == ValueType.String)
        {
            return "string: " + Encoding.Latin1.GetString(text);
        }

        var words = new List<string>();
        var reader = new ElementReader(elements.Bytes);
        while (type == ValueType.List ? reader.ReadName() : reader.Read())
        {
            string value = type switch
            {
                ValueType.Hash => "=" + Encoding.Latin1.GetString(reader.Value),
                ValueType.SortedSet => "=" + Score(BinaryPrimitives.ReadDoubleLittleEndian(reader.Value)),
                _ => "",
            };
            words.Add(Encoding.Latin1.GetString(reader.Name) + value);
        }

        return (type == ValueType.SortedSet ? "zset" : type.ToString().ToLowerInvariant()) + ": " + string.Join(' ', words);
    }

    private static string Score(double score)
    {
        var digits = new byte[RespNumber.DoubleBytesMax];
        return Encoding.ASCII.GetString(digits, 0, RespNumber.FormatDouble(score, digits));
    }
}
