using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RespKv.Storage.Mutations;
using RespKv.Tool.Output;

namespace RespKv.Tool.Dump;

/// <summary>
/// Elements of collections as the engine means them: positions of lists and scores of sorted sets as numbers. What does not look
/// like one is printed as bytes.
/// </summary>
internal static class ElementForm
{
    internal static string TypeName(byte type) => type switch
    {
        ElementTypes.List => "list",
        ElementTypes.Set => "set",
        ElementTypes.Hash => "hash",
        ElementTypes.SortedSet => "zset",
        _ => type.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The elements in a row, for human eyes.</summary>
    /// <param name="type">Of the collection.</param>
    /// <param name="bytes">Elements, or names.</param>
    /// <param name="areNames">They are names.</param>
    /// <param name="bytesMax">Names and values that are longer are cut; and behind so many bytes no further element is printed.</param>
    internal static string Text(byte type, ReadOnlySpan<byte> bytes, bool areNames, int bytesMax)
    {
        if (!IsSound(bytes, areNames))
        {
            return ByteText.Quote(bytes, bytesMax);
        }

        var text = new StringBuilder(TypeName(type));
        var reader = new ElementReader(bytes);
        long printed = 0;
        int left = 0;
        while (areNames ? reader.ReadName() : reader.Read())
        {
            if (printed > bytesMax)
            {
                left++;
                continue;
            }

            printed += reader.Name.Length + reader.Value.Length;
            text.Append(' ').Append(type == ElementTypes.List && TryPosition(reader.Name, out long position) ? $"[{position}]" : ByteText.Quote(reader.Name, bytesMax));
            if (!areNames && type != ElementTypes.Set)
            {
                text.Append(' ').Append(type == ElementTypes.SortedSet && TryScore(reader.Value, out double score) ? ScoreText(score) : ByteText.Quote(reader.Value, bytesMax));
            }
        }

        return left == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $" ... ({left} more)").ToString();
    }

    /// <summary>A field with an array of objects, one an element. Nothing is lost.</summary>
    internal static void Write(Utf8JsonWriter json, string field, byte type, ReadOnlySpan<byte> bytes, bool areNames)
    {
        if (!IsSound(bytes, areNames))
        {
            json.WriteBytes(field, bytes);
            return;
        }

        json.WriteStartArray(field);
        var reader = new ElementReader(bytes);
        while (areNames ? reader.ReadName() : reader.Read())
        {
            json.WriteStartObject();
            WriteName(json, type, reader.Name);
            if (!areNames)
            {
                WriteValue(json, type, reader.Value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static bool IsSound(ReadOnlySpan<byte> bytes, bool areNames) => areNames ? ElementReader.AreNames(bytes) : ElementReader.AreElements(bytes);

    private static void WriteName(Utf8JsonWriter json, byte type, ReadOnlySpan<byte> name)
    {
        if (type == ElementTypes.List && TryPosition(name, out long position))
        {
            json.WriteNumber("position", position);
        }
        else
        {
            json.WriteBytes(type == ElementTypes.Hash ? "field" : type == ElementTypes.List ? "name" : "member", name);
        }
    }

    private static void WriteValue(Utf8JsonWriter json, byte type, ReadOnlySpan<byte> value)
    {
        if (type == ElementTypes.SortedSet && TryScore(value, out double score))
        {
            if (double.IsFinite(score))
            {
                json.WriteNumber("score", score);
            }
            else
            {
                json.WriteString("score", ScoreText(score));
            }
        }
        else if (type != ElementTypes.Set || !value.IsEmpty)
        {
            json.WriteBytes("value", value);
        }
    }

    private static bool TryPosition(ReadOnlySpan<byte> name, out long position)
    {
        bool isThere = BinaryPrimitives.TryReadInt64BigEndian(name, out position) && name.Length == sizeof(long);

        // Biased, so that the order of the bytes is that of the positions.
        position ^= long.MinValue;
        return isThere;
    }

    private static bool TryScore(ReadOnlySpan<byte> value, out double score)
        => BinaryPrimitives.TryReadDoubleLittleEndian(value, out score) && value.Length == sizeof(double);

    private static string ScoreText(double score) => score switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => score.ToString("R", CultureInfo.InvariantCulture),
    };
}
