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

    public static async Task<ServerModel> ReadStateAsync(RawClient client)
    {
        var model = new ServerModel();
        for (int database = 0; database < Database.OfHistories; database++)
        {
            await Contents.SelectAsync(client, database);
            IReadOnlyList<string> keys = await Contents.KeysAsync(client);
            Dictionary<string, string> values = await Contents.ReadAsync(client, keys);
            IReadOnlyList<long> times = await Contents.ExpiryTimesAsync(client, keys);
            for (int i = 0; i < keys.Count; i++)
            {
                model.Load(database, keys[i], values[keys[i]], times[i]);
            }
        }

        return model;
    }

    /// <param name="end">What was read back; null where acknowledged writes may be gone.</param>
    public static HistoryVerdict Judge(History history, ServerModel start, ServerModel? end) => HistoryChecker.Check(history, start, end, StatesMax);
}
