using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>The configuration cannot be used. The message is for the operator: where, what stands there, and what would be right.</summary>
public sealed class ConfigException : Exception
{
    public ConfigException(string reason)
        : this(ConfigOrigin.None, text: null, reason)
    {
    }

    public ConfigException(ConfigOrigin origin, string? text, string reason)
        : base(Describe(origin, text, reason))
    {
        Origin = origin;
        Text = text;
        Reason = reason;
    }

    public ConfigOrigin Origin { get; }

    /// <summary>The line as it stands there; secrets are blanked. Null when no line is to blame.</summary>
    public string? Text { get; }

    /// <summary>What is wrong and what would be right.</summary>
    public string Reason { get; }

    private static string Describe(ConfigOrigin origin, string? text, string reason)
    {
        string where = origin.ToString();
        string head = where.Length == 0 ? "" : where + "\n";
        return text is null
            ? string.Create(CultureInfo.InvariantCulture, $"{head}{reason}")
            : string.Create(CultureInfo.InvariantCulture, $"{head}>>> '{text}'\n{reason}");
    }
}
