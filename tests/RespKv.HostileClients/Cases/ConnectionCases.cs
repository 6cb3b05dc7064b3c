using System.Net.Sockets;

namespace RespKv.HostileClients.Cases;

/// <summary>Clients that connect, and do little or nothing.</summary>
internal static class ConnectionCases
{
    private const int IdleFull = 10_000;
    private const int HalfFull = 6000;
    private const int SlowFull = 1000;
    private const int ChurnFull = 20_000;

    /// <summary>A second in which one byte comes, made shorter.</summary>
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(20);

    public static IReadOnlyList<HostileCase> All { get; } =
    [
        new("idle", "10,000 connections, each has said PING once", IdleAsync)
        {
            Directives = ["--maxclients", "10000"],
            Bound = misuse => new(misuse.Scaled(IdleFull) * Sizes.Connection, "maxclients x 16 KiB"),
        },
        new("half-open", "6,000 with half a request: a third stays, a third closes, a third resets", HalfOpenAsync)
        {
            Directives = ["--timeout", "2"],
            Bound = misuse => new(misuse.Scaled(HalfFull) * (Sizes.Connection + Sizes.QueryFirst), "maxclients, timeout, 4 KiB for half a request"),
        },
        new("slow", "1,000 connections, a byte every 20 ms each", SlowAsync)
        {
            Bound = misuse => new(misuse.Scaled(SlowFull) * (Sizes.Connection + Sizes.QueryFirst), "maxclients, 4 KiB for half a request"),
        },
        new("churn", "20,000 connections one after the other, closed at once", ChurnAsync)
        {
            // What has closed waits for the collector.
            Bound = misuse => new(misuse.Scaled(ChurnFull) / 5 * Sizes.Connection, "maxclients x 16 KiB, for a fifth of those that have closed"),
        },
    ];

    private static async Task IdleAsync(Misuse misuse)
    {
        int count = misuse.Scaled(IdleFull);
        byte[] ping = Misuse.Request("PING");
        int refused = 0;
        foreach (Socket socket in await misuse.ConnectAllAsync(count))
        {
            await Misuse.SendAsync(socket, ping);
        }

        foreach (Socket socket in misuse.All)
        {
            refused += (await Misuse.ReadTextAsync(socket)).StartsWith("-ERR max number of clients", StringComparison.Ordinal) ? 1 : 0;
        }

        // The neighbour is a client too.
        misuse.Remark = $"{count - refused:N0} connected, {refused} refused with an error";
        if (refused > 1 + Math.Max(0, count - misuse.FilesAllowed))
        {
            throw new NotServedException($"{refused} of {count} connections were refused");
        }

        await Task.Delay(misuse.Time);
    }

    private static async Task HalfOpenAsync(Misuse misuse)
    {
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(misuse.Scaled(HalfFull));
        byte[] half = Misuse.Text("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\nabc");
        for (int i = 0; i < sockets.Count; i++)
        {
            await Misuse.SendAsync(sockets[i], half);
            switch (i % 3)
            {
                case 1:
                    sockets[i].Shutdown(SocketShutdown.Send);
                    break;
                case 2:
                    sockets[i].LingerState = new LingerOption(true, 0);
                    sockets[i].Close();
                    break;
            }
        }

        // The neighbour, and the one that asks. Those that say nothing are cut by the timeout.
        await TestKit.Server.Poll.UntilAsync("half-open connections are gone", async () => await misuse.InfoAsync("clients", "connected_clients") <= 2);
        misuse.Remark = "all gone after the timeout";
    }

    private static async Task SlowAsync(Misuse misuse)
    {
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(misuse.Scaled(SlowFull));
        byte[] request = Misuse.Request("SET", "slow", new string('s', 200));
        long end = Environment.TickCount64 + (long)misuse.Time.TotalMilliseconds;
        int sent = 0;
        while (Environment.TickCount64 < end)
        {
            foreach (Socket socket in sockets)
            {
                await Misuse.SendAsync(socket, request.AsMemory(sent % request.Length, 1));
            }

            sent++;
            await Task.Delay(SlowPause);
        }

        misuse.Remark = $"{sent} bytes each";
    }

    private static async Task ChurnAsync(Misuse misuse)
    {
        int count = misuse.Scaled(ChurnFull);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using Socket socket = await misuse.ConnectAsync();
            if (i % 2 == 0)
            {
                await Misuse.SendAsync(socket, "PING\r\n"u8.ToArray());
            }
        });
    }
}
