using System.Text;

namespace RespKv.Protocol;

/// <summary>Type of a reply.</summary>
public enum RespKind
{
    SimpleString,
    Error,
    Integer,
    BulkString,
    Array,
    Null,
    Map,
    Set,
    Push,
    Double,
    Boolean,
    BigNumber,
    Verbatim,
    BulkError,
}

/// <summary>A reply as a client sees it. Maps are flat: <see cref="Items"/> holds key, value, key, value.</summary>
public sealed class RespValue
{
    internal RespValue(RespKind kind, char marker)
    {
        Kind = kind;
        Marker = marker;
    }

    public RespKind Kind { get; }

    /// <summary>The first byte on the wire. Tells the three nulls apart: <c>$</c>, <c>*</c> (RESP2) and <c>_</c> (RESP3).</summary>
    public char Marker { get; }

    public bool IsNull => Kind == RespKind.Null;

    public bool IsError => Kind is RespKind.Error or RespKind.BulkError;

    /// <summary>The bytes of a string, an error, a big number or a verbatim string (without its format); the text of a number.</summary>
    public ReadOnlyMemory<byte> Bytes { get; internal init; }

    /// <summary><see cref="Bytes"/> as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Value of an <see cref="RespKind.Integer"/>; 1 or 0 for a <see cref="RespKind.Boolean"/>.</summary>
    public long Integer { get; internal init; }

    /// <summary>Value of a <see cref="RespKind.Double"/>.</summary>
    public double Double { get; internal init; }

    public bool Boolean => Integer != 0;

    /// <summary>The three letters of a verbatim string, otherwise empty.</summary>
    public string Format { get; internal init; } = "";

    /// <summary>Elements of an array, set or push; keys and values of a map, alternating. Otherwise empty.</summary>
    public IReadOnlyList<RespValue> Items { get; internal init; } = [];

    /// <summary>Keys and values of the attribute in front of this value, alternating.</summary>
    public IReadOnlyList<RespValue> Attributes { get; private init; } = [];

    internal RespValue WithAttributes(IReadOnlyList<RespValue> attributes) => new(Kind, Marker)
    {
        Bytes = Bytes,
        Integer = Integer,
        Double = Double,
        Format = Format,
        Items = Items,
        Attributes = attributes,
    };
}
