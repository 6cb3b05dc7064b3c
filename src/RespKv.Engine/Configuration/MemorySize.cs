using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>Sizes with Redis's units: 1k = 1,000 and 1kb = 1,024, likewise m, mb, g, gb; b or nothing is bytes. Case does not matter.</summary>
internal static class MemorySize
{
    public const long KiB = 1024;
    public const long MiB = 1024 * KiB;
    public const long GiB = 1024 * MiB;

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        long unit = text[digits..].ToLowerInvariant() switch
        {
            "" or "b" => 1,
            "k" => 1000,
            "kb" => KiB,
            "m" => 1000 * 1000,
            "mb" => MiB,
            "g" => 1000 * 1000 * 1000,
            "gb" => GiB,
            _ => 0,
        };
        if (digits == 0 || unit == 0 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            return false;
        }

        if (count > long.MaxValue / unit)
        {
            return false;
        }

        bytes = count * unit;
        return true;
    }

    /// <summary>The shortest exact spelling in gb, mb, kb or bytes.</summary>
    public static string Format(long bytes) => bytes switch
    {
        0 => "0",
        _ when bytes % GiB == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / GiB}gb"),
        _ when bytes % MiB == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB}mb"),
        _ when bytes % KiB == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / KiB}kb"),
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };
}
