using System.Buffers.Binary;
using RespKv.Engine.Rdb;
using RespKv.Fuzz.Running;
using RespKv.Storage.Mutations;
using ValueType = RespKv.Engine.Keyspace.ValueType;

namespace RespKv.Fuzz.Rdb;

/// <summary>
/// The reader of serialized values, as RESTORE calls it. An input is a payload without its footer, which is added, so that what is inside is looked at. What
/// it refuses it refuses without an exception; what it takes has elements that can be read, and none of them twice.
/// </summary>
internal sealed class PayloadTarget : IFuzzTarget
{
    /// <summary>Payloads that redis-server has written, one of each kind, without their footers; and some of the kinds that older ones wrote.</summary>
    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "00c17fff", "000b3132333435363738393031", "00c3093c016161e02f00016161",
            "120102c31e405e165e00000005008161020101f178ec03f270110104e04678e03c000148ff",
            "0b0e0200000003000000ffff02000300", "0201066d656d626572",
            "101f1f0000000600816602817602816e020c01816d02f400a22f4dffffffff09ff",
            "04010166c3094041017979e03400017979", "11c331391f390000000800816202842d696e660581610283312e350481630203018164029702312e30e005000731652b33303018ff",
            "050201790000000000000040c3094041017a7ae03400017a7a000000000000f03f",
            "010201610162", "0302016103312e350162ff", "0a0f0f0000000c000000020000016103f2ff", "090c02016101000201620203006363ff00",
        }.Select(Convert.FromHexString),
    ];

    private readonly Mutator _mutator = new(
        "\x00", "\x01", "\x02", "\x04", "\x05", "\x09", "\x0A", "\x0B", "\x0C", "\x0D", "\x0E", "\x10", "\x11", "\x12", "\xC0", "\xC1", "\xC2", "\xC3", "\x80", "\x81", "\xFF", "\xFE",
        "\x80\xFF\xFF\xFF\xFF", "\x81\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\x7F\xFF", "\xF0", "\xF1", "\xF2", "\xF3", "\xF4", "nan", "inf", "1e400");

    private readonly ElementBuffer _elements = new();

    public long AllocatedBytesMax => 64 << 10;

    /// <summary>Strings that unpack to 88 times their bytes; names twice in a table, buffers that double.</summary>
    public long AllocatedPerInputByte => 1 << 10;

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input)
    {
        input.Add(parent.IsEmpty ? Seeds[random.Next(Seeds.Length)] : parent);
        _mutator.Change(random, 0, other, input);
    }

    public void Run(ReadOnlySpan<byte> input, RunResult result)
    {
        byte[] payload = Seal(input);
        _elements.Clear();
        result.Enter();
        try
        {
            Span<byte> digits = stackalloc byte[RdbReader.DigitsMax];
            if (!RdbPayloadReader.IsIntact(payload))
            {
                throw new FindingException("a payload with its checksum is said to be damaged");
            }

            bool isValue = RdbPayloadReader.TryRead(payload, _elements, digits, out ValueType type, out ReadOnlySpan<byte> text);
            result.Feature((ulong)type + 1);
            if (!isValue)
            {
                result.Outcome("refused");
                return;
            }

            result.Feature((ulong)Math.Min(_elements.Count, 8) + 16);
            result.Feature(input[0] + 32UL);
            result.Outcome(type.ToString());
            CheckElements(type, text.Length);
        }
        finally
        {
            result.Leave();
        }
    }

    public string Describe(ReadOnlySpan<byte> input) => Convert.ToHexString(input);

    private static byte[] Seal(ReadOnlySpan<byte> input)
    {
        byte[] payload = [.. input, RdbFormat.Version, 0, .. new byte[sizeof(ulong)]];
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(payload.Length - sizeof(ulong)), Crc64.Compute(payload.AsSpan(0, payload.Length - sizeof(ulong))));
        return payload;
    }

    private void CheckElements(ValueType type, int textBytes)
    {
        if (type == ValueType.String)
        {
            Require(_elements.Count == 0, "a string has elements");
            return;
        }

        Require(textBytes == 0 && _elements.Count > 0, "a collection has no elements");
        var reader = new ElementReader(_elements.Bytes);
        if (type == ValueType.List)
        {
            Require(ElementReader.AreNames(_elements.Bytes), "a list's elements cannot be read");
            return;
        }

        Require(ElementReader.AreElements(_elements.Bytes), "elements cannot be read");
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            Require(names.Add(Convert.ToHexString(reader.Name)), "an element comes twice");
            Require(type == ValueType.Hash || reader.Value.Length == (type == ValueType.Set ? 0 : sizeof(double)), "a value has the wrong length");
            Require(type != ValueType.SortedSet || !double.IsNaN(BinaryPrimitives.ReadDoubleLittleEndian(reader.Value)), "a score is no number");
        }
    }

    private static void Require(bool isRight, string message)
    {
        if (!isRight)
        {
            throw new FindingException(message);
        }
    }
}
