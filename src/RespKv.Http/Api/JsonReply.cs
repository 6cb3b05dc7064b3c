using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using RespKv.Protocol;

namespace RespKv.Http.Api;

/// <summary>
/// Replies as JSON: strings, numbers, true and false, null, arrays. Bytes that are no UTF-8 are <c>{"base64":"..."}</c>; maps are objects, or <c>{"map":[[key,value],...]}</c>
/// when a key is no text; sets are arrays; an error inside a reply is <c>{"error":"..."}</c>; numbers that JSON lacks are "inf", "-inf", "nan".
/// </summary>
internal static class JsonReply
{
    /// <summary>Text stays readable: what is written is served as JSON and as nothing else.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Requests: no deeper than any of them needs, and nothing that could be read in two ways.</summary>
    public static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = HttpLimits.JsonDepthMax, AllowDuplicateProperties = false };

    public static void Write(Utf8JsonWriter json, RespValue value)
    {
        switch (value.Kind)
        {
            case RespKind.Null:
                json.WriteNullValue();
                break;
            case RespKind.Integer:
                json.WriteNumberValue(value.Integer);
                break;
            case RespKind.Boolean:
                json.WriteBooleanValue(value.Boolean);
                break;
            case RespKind.Double when double.IsFinite(value.Double):
                json.WriteNumberValue(value.Double);
                break;
            case RespKind.Double:
                json.WriteStringValue(double.IsNaN(value.Double) ? "nan" : value.Double > 0 ? "inf" : "-inf");
                break;
            case RespKind.Error or RespKind.BulkError:
                json.WriteStartObject();
                json.WriteString("error"u8, value.Text);
                json.WriteEndObject();
                break;
            case RespKind.Array or RespKind.Set or RespKind.Push:
                WriteArray(json, value);
                break;
            case RespKind.Map:
                WriteMap(json, value);
                break;
            default:
                WriteBytes(json, value.Bytes.Span);
                break;
        }
    }

    /// <summary>A JSON string if they are UTF-8, base64 in an object otherwise.</summary>
    public static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            json.WriteStringValue(bytes);
            return;
        }

        json.WriteStartObject();
        json.WriteBase64String("base64"u8, bytes);
        json.WriteEndObject();
    }

    /// <summary>Bytes of a string, number or <c>{"base64":"..."}</c>. False: it is something else.</summary>
    public static bool TryReadBytes(JsonElement element, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return TryReadText(element, out bytes);
            case JsonValueKind.Number:
                bytes = Encoding.UTF8.GetBytes(element.GetRawText());
                return true;
            case JsonValueKind.Object when element.GetPropertyCount() == 1 && element.TryGetProperty("base64"u8, out JsonElement base64)
                && base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out byte[]? decoded):
                bytes = decoded;
                return true;
            default:
                return false;
        }
    }

    /// <exception cref="ProblemException">It is no JSON, or nested deeper than anything that is asked for.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, ReaderOptions);
        }
        catch (JsonException e)
        {
            throw ProblemException.BadRequest($"the body is no JSON: {e.Message}");
        }
    }

    /// <summary>Null: it is no string, or one that is no text.</summary>
    public static string? TryReadText(JsonElement element)
        => element.ValueKind == JsonValueKind.String && TryReadText(element, out ReadOnlyMemory<byte> bytes) ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static bool TryReadText(JsonElement element, out ReadOnlyMemory<byte> bytes)
    {
        try
        {
            bytes = Encoding.UTF8.GetBytes(element.GetString()!);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half of a surrogate pair.
            bytes = default;
            return false;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, RespValue value)
    {
        json.WriteStartArray();
        foreach (RespValue item in value.Items)
        {
            Write(json, item);
        }

        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, RespValue value)
    {
        json.WriteStartObject();
        if (HasTextKeys(value))
        {
            for (int i = 0; i < value.Items.Count; i += 2)
            {
                json.WritePropertyName(value.Items[i].Bytes.Span);
                Write(json, value.Items[i + 1]);
            }
        }
        else
        {
            json.WriteStartArray("map"u8);
            for (int i = 0; i < value.Items.Count; i += 2)
            {
                json.WriteStartArray();
                Write(json, value.Items[i]);
                Write(json, value.Items[i + 1]);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static bool HasTextKeys(RespValue map)
    {
        for (int i = 0; i < map.Items.Count; i += 2)
        {
            if (map.Items[i].Kind is not (RespKind.BulkString or RespKind.SimpleString) || !Utf8.IsValid(map.Items[i].Bytes.Span))
            {
                return false;
            }
        }

        // Objects of one field that would look like bytes, an error or such an array.
        return map.Items.Count != 2 || map.Items[0].Text is not ("base64" or "map" or "error");
    }
}
