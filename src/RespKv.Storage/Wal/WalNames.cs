using System.Globalization;
using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>The names of the log's files in its directory. Names that are none of these are not the log's and are left alone.</summary>
internal static class WalNames
{
    /// <summary>The next segment in the making. Holds zeros, or what a checkpoint has made superfluous: not evidence.</summary>
    internal const string Spare = "spare.log";

    /// <summary>The same for one batch that is larger than a segment.</summary>
    internal const string LargeSpare = "spare-large.log";

    private const string SegmentPrefix = "wal-";
    private const string RetiredPrefix = "retired-";
    private const string SegmentSuffix = ".log";

    /// <summary>Digits of the largest LSN rounded up, so that the order of the names is the order of the LSNs.</summary>
    private const int LsnDigits = 20;

    internal static string Segment(long firstLsn) => SegmentPrefix + Digits(firstLsn) + SegmentSuffix;

    /// <summary>What was a segment, kept to become one again. Never part of the log.</summary>
    internal static string Retired(long firstLsn) => RetiredPrefix + Digits(firstLsn) + SegmentSuffix;

    internal static bool TryParseSegment(string name, out long firstLsn) => TryParse(name, SegmentPrefix, out firstLsn);

    internal static bool TryParseRetired(string name, out long firstLsn) => TryParse(name, RetiredPrefix, out firstLsn);

    /// <summary>The first name for evidence at this LSN that is not taken (D9: nothing is overwritten).</summary>
    internal static string FreeEvidencePath(IFileSystem files, string directory, long lsn)
    {
        for (int number = 1; ; number++)
        {
            string path = Path.Combine(directory, $"torn-{Digits(lsn)}-{number.ToString(CultureInfo.InvariantCulture)}.bin");
            if (!files.FileExists(path))
            {
                return path;
            }
        }
    }

    private static bool TryParse(string name, string prefix, out long firstLsn)
    {
        firstLsn = 0;
        return name.Length == prefix.Length + LsnDigits + SegmentSuffix.Length
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(SegmentSuffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(prefix.Length, LsnDigits), NumberStyles.None, CultureInfo.InvariantCulture, out firstLsn)
            && firstLsn >= WalFormat.FirstLsn;
    }

    private static string Digits(long lsn) => lsn.ToString("D20", CultureInfo.InvariantCulture);
}
