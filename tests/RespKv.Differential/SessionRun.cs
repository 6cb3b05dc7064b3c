namespace RespKv.Differential;

/// <summary>Commands that are run on both servers, each on a fresh connection and an empty keyspace, and what came of them.</summary>
internal sealed class SessionRun(int oursPort, int redisPort)
{
    /// <summary>Runs that shrinking may take.</summary>
    private const int ShrinkRunsMax = 400;

    /// <summary>The first difference, or null.</summary>
    public async Task<Difference?> RunAsync(IReadOnlyList<string[]> commands, bool resp3)
    {
        using Wire ours = await Wire.ConnectAsync(oursPort);
        using Wire redis = await Wire.ConnectAsync(redisPort);
        string[][] all = [["FLUSHALL"], ["HELLO", resp3 ? "3" : "2"], .. commands];
        Task<IReadOnlyList<Reply>> running = ours.RunAsync(all);
        IReadOnlyList<Reply> theirs = await redis.RunAsync(all);
        IReadOnlyList<Reply> replies = await running;
        if (replies.Count < all.Length || theirs.Count < all.Length)
        {
            return new Difference(commands[^1], $"{replies.Count} replies, then the connection was closed", $"{theirs.Count} replies");
        }

        var rules = new Rules();
        for (int i = 2; i < all.Length; i++)
        {
            if (!rules.AreSame(all[i], replies[i], theirs[i]))
            {
                return new Difference(all[i], replies[i].ToString(), theirs[i].ToString());
            }
        }

        return await CompareDataAsync(ours, redis);
    }

    /// <summary>The fewest commands that still differ in the same command, by leaving out more and more.</summary>
    public async Task<IReadOnlyList<string[]>> ShrinkAsync(IReadOnlyList<string[]> commands, bool resp3, string name)
    {
        List<string[]> kept = [.. commands];
        int runs = 0;
        for (int size = kept.Count / 2; size >= 1; size = size == 1 ? 0 : Math.Max(1, size / 2))
        {
            for (int at = 0; at < kept.Count && runs < ShrinkRunsMax;)
            {
                List<string[]> fewer = [.. kept.Take(at), .. kept.Skip(at + size)];
                runs++;
                if (fewer.Count > 0 && await RunAsync(fewer, resp3) is { } difference && difference.Name == name)
                {
                    kept = fewer;
                }
                else
                {
                    at += size;
                }
            }
        }

        return kept;
    }

    /// <summary>After the commands: the digests of all data; and each server restores what the other one dumps.</summary>
    private static async Task<Difference?> CompareDataAsync(Wire ours, Wire redis)
    {
        foreach (Wire wire in (Wire[])[ours, redis])
        {
            await wire.CallAsync("DISCARD");
            await wire.CallAsync("SELECT", "0");
        }

        Reply digest = await ours.CallAsync("DEBUG", "DIGEST");
        Reply expected = await redis.CallAsync("DEBUG", "DIGEST");
        if (digest.ToString() != expected.ToString())
        {
            return await FindAsync(ours, redis) ?? new Difference(["DEBUG", "DIGEST"], digest.Text, expected.Text);
        }

        Reply keys = await redis.CallAsync("KEYS", "*");
        foreach (string key in keys.Items.Select(item => item.Text))
        {
            if ((await CrossAsync(ours, redis, key) ?? await CrossAsync(redis, ours, key)) is { } refused)
            {
                return refused;
            }
        }

        digest = await ours.CallAsync(["DEBUG", "DIGEST-VALUE", .. keys.Items.Select(item => item.Text)]);
        expected = await redis.CallAsync(["DEBUG", "DIGEST-VALUE", .. keys.Items.Select(item => item.Text)]);
        return digest.ToString() == expected.ToString() ? null : new Difference(["DUMP", "RESTORE"], digest.ToString(), expected.ToString());
    }

    /// <summary>What one has becomes what the other one restores, under the same key and expiry.</summary>
    private static async Task<Difference?> CrossAsync(Wire from, Wire to, string key)
    {
        Reply dump = await from.CallAsync("DUMP", key);
        Reply expiry = await from.CallAsync("PEXPIRETIME", key);
        if (dump.Marker != 'b' || !long.TryParse(expiry.Text, out long millis))
        {
            return null;
        }

        Reply restored = await to.CallAsync("RESTORE", key, millis < 0 ? "0" : $"{millis}", dump.Text, "REPLACE", "ABSTTL");
        return restored.IsError ? new Difference(["RESTORE", key], restored.ToString(), dump.ToString()) : null;
    }

    /// <summary>The key that differs.</summary>
    private static async Task<Difference?> FindAsync(Wire ours, Wire redis)
    {
        foreach (string database in (string[])["0", "1"])
        {
            await ours.CallAsync("SELECT", database);
            await redis.CallAsync("SELECT", database);
            IEnumerable<string> keys = (await redis.CallAsync("KEYS", "*")).Items.Concat((await ours.CallAsync("KEYS", "*")).Items).Select(item => item.Text).Distinct().Order(StringComparer.Ordinal);
            foreach (string key in keys)
            {
                Reply one = await ours.CallAsync("DEBUG", "DIGEST-VALUE", key);
                Reply other = await redis.CallAsync("DEBUG", "DIGEST-VALUE", key);
                if (one.ToString() != other.ToString())
                {
                    return new Difference(["the data of", key], (await ours.CallAsync("DUMP", key)).ToString(), (await redis.CallAsync("DUMP", key)).ToString());
                }
            }
        }

        return null;
    }
}

/// <param name="Command">The command whose replies differ.</param>
/// <param name="Ours">Our reply.</param>
/// <param name="Redis">Redis's.</param>
internal sealed record Difference(string[] Command, string Ours, string Redis)
{
    public string Name => Command[0].ToUpperInvariant();

    /// <summary>Differences of one kind have one signature.</summary>
    public string Signature => $"{Name} {Ours[..Math.Min(Ours.Length, 24)]} {Redis[..Math.Min(Redis.Length, 24)]}";
}
