using System.Globalization;
using System.Text;

namespace RespKv.Http.Api;

/// <summary>The parameters of a request's query: any bytes, each at most once, none that nobody reads.</summary>
internal sealed class RawQuery
{
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <exception cref="ProblemException">It is malformed, or has a parameter that is not one of <paramref name="known"/>.</exception>
    public RawQuery(string? query, ReadOnlySpan<string> known)
    {
        foreach (string part in (query ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? part : part[..equals];
            if (!known.Contains(name))
            {
                throw ProblemException.BadRequest($"there is no parameter '{name}' here; there are: {string.Join(", ", known.ToArray())}");
            }

            if (!PercentCoding.TryDecode(equals < 0 ? "" : part.AsSpan(equals + 1), plusIsBlank: true, out byte[] value))
            {
                throw ProblemException.BadRequest($"the parameter '{name}' is not percent-encoded as it should be");
            }

            if (!_values.TryAdd(name, value))
            {
                throw ProblemException.BadRequest($"the parameter '{name}' is there twice");
            }
        }
    }

    /// <summary>Null: it is not there.</summary>
    public byte[]? Bytes(string name) => _values.GetValueOrDefault(name);

    /// <summary>As UTF-8. Null: it is not there.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out byte[]? value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>False when it is not there.</summary>
    public bool Flag(string name) => Text(name) switch
    {
        null or "false" or "0" => false,
        "true" or "1" or "" => true,
        _ => throw ProblemException.BadRequest($"the parameter '{name}' is true or false"),
    };

    /// <summary>Null: it is not there.</summary>
    public long? Integer(string name, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max
            ? value
            : throw ProblemException.BadRequest($"the parameter '{name}' is an integer from {min} to {max}");
    }
}
