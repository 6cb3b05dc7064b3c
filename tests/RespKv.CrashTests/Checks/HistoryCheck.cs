using RespKv.CrashTests.Loads;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Checks;

/// <summary>Holds the history of a life against what was there before and what is there after.</summary>
internal static class HistoryCheck
{
    /// <summary>A second or so.</summary>
    private const long StatesMax = 300_000;

    public static Task<ServerModel> ReadStateAsync(RawClient client) => StateReader.ReadAsync(client.CallAsync, Database.OfHistories);

    /// <param name="end">What was read back; null where acknowledged writes may be gone.</param>
    public static HistoryVerdict Judge(History history, ServerModel start, ServerModel? end) => HistoryChecker.Check(history, start, end, StatesMax);
}
