using System.Globalization;

namespace RespKv.Storage.Manifest;

/// <summary>The names of tables and manifests in the data directory. Names that are none of these are left alone.</summary>
public static class ManifestNames
{
    /// <summary>The pointer to the manifest in force.</summary>
    public const string Current = "CURRENT";

    /// <summary>The next pointer in the making. Counts for nothing.</summary>
    public const string CurrentTemporary = "CURRENT.tmp";

    /// <summary>What fits the digits of a name.</summary>
    public const long NumberMax = 9_999_999_999;

    private const string ManifestPrefix = "MANIFEST-";
    private const string TablePrefix = "table-";
    private const string TableSuffix = ".tbl";
    private const int Digits = 10;

    public static string Manifest(long number) => ManifestPrefix + Text(number);

    public static string Table(long number) => TablePrefix + Text(number) + TableSuffix;

    public static bool TryParseManifest(string name, out long number) => TryParse(name, ManifestPrefix, "", out number);

    public static bool TryParseTable(string name, out long number) => TryParse(name, TablePrefix, TableSuffix, out number);

    /// <summary>What was cut behind the end of a manifest (D9). Never read again, and never deleted by the server.</summary>
    internal static string Evidence(long manifestNumber, int count)
    {
        return $"torn-manifest-{Text(manifestNumber)}-{count.ToString(CultureInfo.InvariantCulture)}.bin";
    }

    private static string Text(long number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, ManifestFormat.FirstNumber);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, NumberMax);
        return number.ToString("D10", CultureInfo.InvariantCulture);
    }

    private static bool TryParse(string name, string prefix, string suffix, out long number)
    {
        number = 0;
        return name.Length == prefix.Length + Digits + suffix.Length
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(prefix.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number >= ManifestFormat.FirstNumber;
    }
}
