using System.Net.Sockets;
using RespKv.TestKit.Server;

namespace RespKv.HostileClients.Cases;

/// <summary>Clients that ask and do not read.</summary>
internal static class ReplyCases
{
    private const int ManyFull = 50;
    private const int HugeFull = 10;
    private const int HugeBytes = (int)(32 * Sizes.Mebibyte);
    private const int Receive = 4096;

    public static IReadOnlyList<HostileCase> All { get; } =
    [
        new("never-reads", "50 clients pipeline GETs of 1 MB and read nothing", ManyAsync)
        {
            Bound = misuse => new(
                (Sizes.SetCopies * Sizes.Mebibyte) + (misuse.Scaled(ManyFull) * ((2 * Sizes.RepliesHeld) + Sizes.ReadAhead + Sizes.WriteBehind)), "unread beyond 1 MiB of replies held, by default"),
        },
        new("huge-replies", "10 clients, one at a time, ask for 32 MB and read nothing, limit 8mb", HugeLimitedAsync)
        {
            Directives = ["--client-output-buffer-limit", "normal 8mb 0 0"],
            Bound = _ => new((Sizes.SetCopies + 2) * (long)HugeBytes, "client-output-buffer-limit 8mb, looked at when the whole reply is there"),
        },
        new("huge-default", "10 clients ask for 32 MB each and read nothing, no limit", HugeUnlimitedAsync)
        {
            Bound = misuse => new(HugeBytes * (long)(misuse.Scaled(HugeFull) + Sizes.SetCopies), "none by default, as in Redis: clients x largest reply"),
        },
        new("subscriptions", "a flood of subscriptions", _ => Task.CompletedTask)
        {
            WhyNot = WhyNoSubscriptionsAsync,
            Bound = _ => default,
        },
    ];

    private static async Task ManyAsync(Misuse misuse)
    {
        await SetAsync(misuse, (int)Sizes.Mebibyte);
        byte[] requests = Misuse.Repeat(Misuse.Request("GET", "big"), 1_000_000);
        var work = new List<Task<long>>();
        for (int i = 0; i < misuse.Scaled(ManyFull); i++)
        {
            Socket socket = await misuse.ConnectAsync(Receive);
            work.Add(Misuse.SendWhileTakenAsync(socket, requests, misuse.Time));
        }

        long[] taken = await Task.WhenAll(work);
        misuse.Remark = $"{taken.Max() / 1e6:F1} MB of requests taken of each at most";
    }

    private static async Task HugeLimitedAsync(Misuse misuse)
    {
        await SetAsync(misuse, HugeBytes);
        for (int i = 0; i < HugeFull; i++)
        {
            await Misuse.SendAsync(await misuse.ConnectAsync(Receive), Misuse.Request("GET", "big"));

            // The neighbour, and the one that asks.
            await Poll.UntilAsync("clients above the limit are cut", async () => await misuse.InfoAsync("clients", "connected_clients") <= 2);
        }

        misuse.Remark = "all cut";
    }

    private static async Task HugeUnlimitedAsync(Misuse misuse)
    {
        await SetAsync(misuse, HugeBytes);
        for (int i = 0; i < misuse.Scaled(HugeFull); i++)
        {
            await Misuse.SendAsync(await misuse.ConnectAsync(Receive), Misuse.Request("GET", "big"));
        }

        await Task.Delay(misuse.Time);
    }

    private static async Task SetAsync(Misuse misuse, int bytes)
    {
        using RawClient client = await misuse.Server.ConnectAsync();
        await client.CallAsync("SET", "big", new string('b', bytes));
    }

    private static async Task<string?> WhyNoSubscriptionsAsync(Misuse misuse)
    {
        using RawClient client = await misuse.Server.ConnectAsync();
        string reply = (await client.CallAsync("SUBSCRIBE", "channel")).Text;
        return reply.StartsWith("ERR unknown command", StringComparison.Ordinal) ? "SUBSCRIBE is not there yet" : "SUBSCRIBE is there: this case has to be written";
    }
}
