using System.Diagnostics.CodeAnalysis;

namespace RespKv.Protocol;

/// <summary>
/// The client's side: reads any reply of RESP2 or RESP3, pushes and attributes included. Allocates a tree of values: for tests
/// and tools, not for the server. Streamed strings and aggregates, which no Redis sends, are refused.
/// </summary>
public static class RespReplyReader
{
    /// <summary>Nesting of a reply. COMMAND DOCS has 7 levels; the bound keeps a hostile reply from exhausting the stack.</summary>
    public const int DepthMax = 64;

    /// <summary>
    /// Reads the reply at the start of <paramref name="data"/>. False when it is incomplete: call again with more bytes. A push
    /// is a value of its own; telling it from the reply that is waited for is the caller's task.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not RESP, or nest too deep.</exception>
    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out RespValue? value, out int consumed)
    {
        Cursor cursor = new(data);
        value = cursor.ReadValue(DepthMax);
        consumed = value is null ? 0 : cursor.Position;
        return value is not null;
    }

    private ref struct Cursor(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;

        public int Position { get; private set; }

        /// <summary>Null when the value is incomplete.</summary>
        public RespValue? ReadValue(int depthLeft)
        {
            if (depthLeft == 0)
            {
                throw new InvalidDataException($"The reply nests deeper than {DepthMax} levels.");
            }

            if (!TryReadLine(out ReadOnlySpan<byte> line))
            {
                return null;
            }

            if (line.IsEmpty)
            {
                throw new InvalidDataException("A reply starts with an empty line.");
            }

            char marker = (char)line[0];
            ReadOnlySpan<byte> text = line[1..];
            switch (marker)
            {
                case '+':
                    return Plain(RespKind.SimpleString, marker, text);
                case '-':
                    return Plain(RespKind.Error, marker, text);
                case '(':
                    return Plain(RespKind.BigNumber, marker, text);
                case ':':
                    return new RespValue(RespKind.Integer, marker) { Bytes = text.ToArray(), Integer = ReadInteger(text) };
                case ',':
                    return new RespValue(RespKind.Double, marker) { Bytes = text.ToArray(), Double = ReadDouble(text) };
                case '#':
                    return new RespValue(RespKind.Boolean, marker) { Bytes = text.ToArray(), Integer = ReadBoolean(text) };
                case '_':
                    return new RespValue(RespKind.Null, marker);
                case '$' or '=' or '!':
                    return ReadBulk(marker, ReadInteger(text));
                case '*' or '~' or '>':
                    return ReadAggregate(marker, ReadInteger(text), 1, depthLeft);
                case '%':
                    return ReadAggregate(marker, ReadInteger(text), 2, depthLeft);
                case '|':
                    return ReadAttributed(ReadInteger(text), depthLeft);
                default:
                    throw new InvalidDataException($"A reply cannot start with byte 0x{line[0]:x2}.");
            }
        }

        private static RespValue Plain(RespKind kind, char marker, ReadOnlySpan<byte> text) => new(kind, marker) { Bytes = text.ToArray() };

        private RespValue? ReadBulk(char marker, long length)
        {
            if (length == -1 && marker == '$')
            {
                return new RespValue(RespKind.Null, marker);
            }

            if (length is < 0 or > int.MaxValue)
            {
                throw new InvalidDataException($"A string cannot have {length} bytes.");
            }

            if (_data.Length - Position - 2 < length)
            {
                return null;
            }

            ReadOnlySpan<byte> bytes = _data.Slice(Position, (int)length);
            if (!_data.Slice(Position + (int)length, 2).SequenceEqual("\r\n"u8))
            {
                throw new InvalidDataException("A string does not end with CR LF where its length says.");
            }

            Position += (int)length + 2;
            return marker switch
            {
                '$' => Plain(RespKind.BulkString, marker, bytes),
                '!' => Plain(RespKind.BulkError, marker, bytes),
                _ => Verbatim(bytes),
            };
        }

        private static RespValue Verbatim(ReadOnlySpan<byte> bytes)
        {
            if (bytes is not [_, _, _, (byte)':', ..])
            {
                throw new InvalidDataException("A verbatim string does not start with its format.");
            }

            return new RespValue(RespKind.Verbatim, '=')
            {
                Format = System.Text.Encoding.Latin1.GetString(bytes[..3]),
                Bytes = bytes[4..].ToArray(),
            };
        }

        private RespValue? ReadAggregate(char marker, long count, int valuesPerElement, int depthLeft)
        {
            if (count == -1 && marker == '*')
            {
                return new RespValue(RespKind.Null, marker);
            }

            RespValue[]? items = ReadItems(count, valuesPerElement, depthLeft);
            RespKind kind = marker switch { '*' => RespKind.Array, '~' => RespKind.Set, '>' => RespKind.Push, _ => RespKind.Map };
            return items is null ? null : new RespValue(kind, marker) { Items = items };
        }

        private RespValue? ReadAttributed(long pairs, int depthLeft)
        {
            RespValue[]? attributes = ReadItems(pairs, 2, depthLeft);
            RespValue? value = attributes is null ? null : ReadValue(depthLeft - 1);
            return value is null ? null : value.WithAttributes(attributes!);
        }

        private RespValue[]? ReadItems(long count, int valuesPerElement, int depthLeft)
        {
            if (count is < 0 or > int.MaxValue)
            {
                throw new InvalidDataException($"An aggregate cannot have {count} elements.");
            }

            // The shortest value is "_ CR LF": what cannot be there yet is not allocated for.
            long values = count * valuesPerElement;
            if (values * 3 > _data.Length - Position)
            {
                return null;
            }

            RespValue[] items = new RespValue[values];
            for (int i = 0; i < items.Length; i++)
            {
                RespValue? item = ReadValue(depthLeft - 1);
                if (item is null)
                {
                    return null;
                }

                items[i] = item;
            }

            return items;
        }

        private bool TryReadLine(out ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> rest = _data[Position..];
            int end = rest.IndexOf("\r\n"u8);
            line = end < 0 ? default : rest[..end];
            Position += end < 0 ? 0 : end + 2;
            return end >= 0;
        }

        private static long ReadInteger(ReadOnlySpan<byte> text)
            => RespNumber.TryParseInt64(text, out long value) ? value : throw new InvalidDataException("A reply's number or length is no integer.");

        private static double ReadDouble(ReadOnlySpan<byte> text)
        {
            if (text.SequenceEqual("nan"u8) || text.SequenceEqual("-nan"u8))
            {
                return double.NaN;
            }

            return RespNumber.TryParseDouble(text, out double value) ? value : throw new InvalidDataException("A reply's double is no number.");
        }

        private static long ReadBoolean(ReadOnlySpan<byte> text) => text switch
        {
            [(byte)'t'] => 1,
            [(byte)'f'] => 0,
            _ => throw new InvalidDataException("A reply's boolean is neither t nor f."),
        };
    }
}
