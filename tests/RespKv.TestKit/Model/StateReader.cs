using System.Globalization;
using RespKv.Protocol;

namespace RespKv.TestKit.Model;

/// <summary>Reads everything that a server holds, as a client does.</summary>
public static class StateReader
{
    /// <param name="call">Sends a command and waits for its reply.</param>
    /// <param name="databases">The first so many of 16 are read. The connection is left in database 0.</param>
    public static async Task<ServerModel> ReadAsync(Func<string[], Task<RespValue>> call, int databases = 16)
    {
        var model = new ServerModel();
        for (int database = databases - 1; database >= 0; database--)
        {
            await call(["SELECT", database.ToString(CultureInfo.InvariantCulture)]);
            foreach (string key in (await call(["KEYS", "*"])).Items.Select(ReplyText.Latin1))
            {
                string type = ReplyText.Latin1(await call(["TYPE", key]));
                RespValue value = await call(ReadOf(type, key));
                RespValue expireAt = await call(["PEXPIRETIME", key]);
                if (value.IsNull || expireAt.Integer == ExpiryModel.Missing)
                {
                    continue;
                }

                if (type != ModelEntry.String && value.Items.Count > 0)
                {
                    model.Load(database, key, type, value.Items.Select(ReplyText.Latin1), expireAt.Integer);
                }
                else if (type == ModelEntry.String)
                {
                    model.Load(database, key, ReplyText.Latin1(value), expireAt.Integer);
                }
            }
        }

        return model;
    }

    private static string[] ReadOf(string type, string key) => type switch
    {
        ListModel.Type => ["LRANGE", key, "0", "-1"],
        SetModel.Type => ["SMEMBERS", key],
        HashModel.Type => ["HGETALL", key],
        SortedSetModel.Type => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
        _ => ["GET", key],
    };
}
