using System.Globalization;

namespace RespKv.Tool.Dump;

/// <summary>A stretch of the log, both ends included.</summary>
internal readonly record struct LsnRange(long First, long Last)
{
    internal static readonly LsnRange All = new(1, long.MaxValue);

    internal bool Contains(long lsn) => lsn >= First && lsn <= Last;

    internal bool Overlaps(long first, long last) => first <= Last && last >= First;

    /// <summary><c>7</c>, <c>7..9</c>, <c>7..</c> or <c>..9</c>.</summary>
    internal static bool TryParse(string text, out LsnRange range)
    {
        range = All;
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            bool isOne = TryParse(text, 0, out long lsn);
            range = new LsnRange(lsn, lsn);
            return isOne && lsn > 0;
        }

        if (!TryParse(text[..dots], All.First, out long first) || !TryParse(text[(dots + 2)..], All.Last, out long last))
        {
            return false;
        }

        range = new LsnRange(first, last);
        return first <= last && text.Length > 2;
    }

    private static bool TryParse(string text, long whenEmpty, out long lsn)
    {
        lsn = whenEmpty;
        return text.Length == 0 ? whenEmpty > 0 : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out lsn);
    }
}
