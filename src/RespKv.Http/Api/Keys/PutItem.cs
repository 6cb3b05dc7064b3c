using System.Text.Json;

namespace RespKv.Http.Api.Keys;

/// <summary>A value and its time to live as JSON.</summary>
/// <param name="Value">The value.</param>
/// <param name="TtlMillis">Null: none is given.</param>
internal readonly record struct PutItem(NewValue Value, long? TtlMillis)
{
    /// <exception cref="ProblemException">It is none, or has properties that nobody reads.</exception>
    public static PutItem Parse(JsonElement item, int? index, params ReadOnlySpan<string> known)
    {
        RequireKnown(item, index, known);
        return new PutItem(NewValue.Parse(item, index), Ttl(item, index));
    }

    public static void RequireKnown(JsonElement item, int? index, params ReadOnlySpan<string> known)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw new ProblemException(400, """a value is an object: {"value":...,"ttl":milliseconds}""") { Index = index };
        }

        foreach (JsonProperty property in item.EnumerateObject())
        {
            bool isKnown = false;
            foreach (string name in known)
            {
                isKnown |= property.NameEquals(name);
            }

            if (!isKnown)
            {
                throw new ProblemException(400, $"there is a property that is none of: {string.Join(", ", known.ToArray())}") { Index = index };
            }
        }
    }

    private static long? Ttl(JsonElement item, int? index)
    {
        if (!item.TryGetProperty("ttl"u8, out JsonElement ttl) || ttl.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return ttl.ValueKind == JsonValueKind.Number && ttl.TryGetInt64(out long millis) && millis is > 0 and <= KeyWrite.TtlMillisMax
            ? millis
            : throw new ProblemException(400, "\"ttl\" is a number of milliseconds above 0, or null") { Index = index };
    }
}
