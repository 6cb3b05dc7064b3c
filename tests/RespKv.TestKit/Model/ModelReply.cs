using System.Globalization;
using System.Text;
using RespKv.Protocol;

namespace RespKv.TestKit.Model;

/// <summary>A reply as RESP2, in Latin-1; with a condition where several replies are right.</summary>
internal sealed record ModelReply(string Wire, Func<RespValue, bool>? Accepts = null)
{
    public static readonly ModelReply Ok = new("+OK\r\n");
    public static readonly ModelReply Queued = new("+QUEUED\r\n");
    public static readonly ModelReply Nil = new("$-1\r\n");
    public static readonly ModelReply NilArray = new("*-1\r\n");
    public static readonly ModelReply WrongType = Error("WRONGTYPE Operation against a key holding the wrong kind of value");
    public static readonly ModelReply SyntaxError = Error("ERR syntax error");
    public static readonly ModelReply NotAnInteger = Error("ERR value is not an integer or out of range");
    public static readonly ModelReply DatabaseOutOfRange = Error("ERR DB index is out of range");
    public static readonly ModelReply SameObject = Error("ERR source and destination objects are the same");

    public static ModelReply Error(string text) => new($"-{text}\r\n");

    public static ModelReply Simple(string text) => new($"+{text}\r\n");

    public static ModelReply Integer(long value) => new(string.Create(CultureInfo.InvariantCulture, $":{value}\r\n"));

    public static ModelReply Bulk(string value) => new(string.Create(CultureInfo.InvariantCulture, $"${value.Length}\r\n{value}\r\n"));

    public static ModelReply BulkOrNil(string? value) => value is null ? Nil : Bulk(value);

    public static ModelReply Array(IReadOnlyList<ModelReply> items)
    {
        string wire = string.Create(CultureInfo.InvariantCulture, $"*{items.Count}\r\n{string.Concat(items.Select(item => item.Wire))}");
        return items.All(item => item.Accepts is null)
            ? new ModelReply(wire)
            : new ModelReply(wire, reply => reply.Kind == RespKind.Array
                && reply.Items.Count == items.Count
                && items.Zip(reply.Items).All(pair => pair.First.IsAcceptable(pair.Second)));
    }

    /// <summary>The items in any order; as pairs when there are two to an element.</summary>
    public static ModelReply AnyOrder(IReadOnlyList<string> items, int itemsPerElement = 1)
    {
        string[] expected = Elements(items);
        return new ModelReply(
            Array([.. items.Select(Bulk)]).Wire,
            reply => reply.Kind is RespKind.Array or RespKind.Set or RespKind.Map && Elements([.. reply.Items.Select(ReplyText.Latin1)]).SequenceEqual(expected));

        string[] Elements(IEnumerable<string> all)
            => [.. all.Chunk(itemsPerElement).Select(ModelElements.Spell).Order(StringComparer.Ordinal)];
    }

    public bool IsAcceptable(RespValue reply) => Accepts?.Invoke(reply) ?? ReplyText.AreSame(Parse(), reply);

    public RespValue Parse()
        => RespReplyReader.TryRead(Encoding.Latin1.GetBytes(Wire), out RespValue? value, out _) ? value : throw new FormatException(Wire);
}
