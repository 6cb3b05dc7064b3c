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
    private const int SubscribersFull = 20;
    private const int SubscriptionsAtATime = 100;
    private const int SubscriptionsMax = 1_000_000;
    private const int SubscriptionBytesMax = (int)(4 * Sizes.Mebibyte);
    private const int ListenerBytesMax = (int)Sizes.Mebibyte;
    private const int MessageBytes = 16 * (int)Sizes.Kibibyte;
    private const long PublishedBytes = 100 * Sizes.Mebibyte;

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
        new("subscriptions", "20 clients subscribe to ever more channels, limit 4mb", SubscribeAsync)
        {
            Directives = ["--client-query-buffer-limit", $"{SubscriptionBytesMax}"],
            Bound = misuse => new(misuse.Scaled(SubscribersFull) * (SubscriptionBytesMax + Sizes.ReadAhead), "client-query-buffer-limit, which counts what a client has the server remember"),
        },
        new("deaf-listeners", "50 subscribers and a monitor read nothing while 100 MB are published", DeafAsync)
        {
            Directives = ["--client-output-buffer-limit", $"pubsub {ListenerBytesMax} 0 0"],
            Bound = misuse => new(misuse.Scaled(ManyFull) * (ListenerBytesMax + Sizes.WriteBehind), "client-output-buffer-limit pubsub"),
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

    /// <summary>Each until the server cuts it.</summary>
    private static async Task SubscribeAsync(Misuse misuse)
    {
        int[] subscribed = new int[misuse.Scaled(SubscribersFull)];
        await Parallel.ForAsync(0, subscribed.Length, async (i, _) =>
        {
            Socket socket = await misuse.ConnectAsync();
            Task<long> replies = DrainUntilCutAsync(socket);
            while (subscribed[i] < SubscriptionsMax)
            {
                string[] channels = [.. Enumerable.Range(subscribed[i], SubscriptionsAtATime).Select(n => $"channel:{i}:{n}")];
                if (!await Misuse.SendAsync(socket, Misuse.Request(["SUBSCRIBE", .. channels])))
                {
                    break;
                }

                subscribed[i] += channels.Length;
            }

            await replies;
        });
        if (subscribed.Max() >= SubscriptionsMax)
        {
            throw new NotServedException("a client was not cut that subscribes without end");
        }

        misuse.Remark = $"{subscribed.Min()} to {subscribed.Max()} channels sent until cut";
    }

    private static async Task DeafAsync(Misuse misuse)
    {
        for (int i = 0; i < misuse.Scaled(ManyFull); i++)
        {
            await Misuse.SendAsync(await misuse.ConnectAsync(Receive), Misuse.Request("SUBSCRIBE", "channel"));
        }

        await Misuse.SendAsync(await misuse.ConnectAsync(Receive), Misuse.Request("MONITOR"));
        using RawClient publisher = await misuse.Server.ConnectAsync();
        string message = new('m', MessageBytes);
        for (int i = 0; i < misuse.ScaledBytes(PublishedBytes) / MessageBytes; i++)
        {
            await publisher.CallAsync("PUBLISH", "channel", message);
        }

        // The neighbour, the publisher, and the one that asks.
        await Poll.UntilAsync("listeners above the limit are cut", async () => await misuse.InfoAsync("clients", "connected_clients") <= 3);
        misuse.Remark = "all cut";
    }

    private static async Task<long> DrainUntilCutAsync(Socket socket)
    {
        try
        {
            return await Misuse.DrainAsync(socket);
        }
        catch (SocketException)
        {
            // Cut with a reset.
            return 0;
        }
    }
}
