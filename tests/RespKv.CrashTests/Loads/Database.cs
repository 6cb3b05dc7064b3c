namespace RespKv.CrashTests.Loads;

/// <summary>Who uses which database.</summary>
internal static class Database
{
    /// <summary>The clients with a history use databases 0 to n - 1.</summary>
    public const int OfHistories = 3;

    private const string First = "0";
    private const string Last = "15";

    /// <summary>The numbered writes have one to themselves, for the other clients flush and move in theirs. Without those the first will do: not every server is at its best with many.</summary>
    public static string OfSequences(Options options) => options.Histories == 0 ? First : Last;
}
