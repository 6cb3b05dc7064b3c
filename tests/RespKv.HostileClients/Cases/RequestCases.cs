using System.Net.Sockets;

namespace RespKv.HostileClients.Cases;

/// <summary>Requests that are large, or say that they will be.</summary>
internal static class RequestCases
{
    private const int AnnouncersFull = 1000;
    private const int AnnouncedSentBytes = 32 * 1024;
    private const int GarbageFull = 5000;
    private const int QueryClients = 10;
    private const int UnfinishedFull = 10;
    private const int FloodFull = 20;

    public static IReadOnlyList<HostileCase> All { get; } =
    [
        new("announced", "1,000 announce 512 MB or a million arguments, and send 32 KiB", AnnounceAsync)
        {
            Bound = misuse => new(
                misuse.Scaled(AnnouncersFull) * (Sizes.Connection + (Sizes.QueryGrowth * (long)AnnouncedSentBytes)), "announced bytes count 4 times what came"),
        },
        new("argument", "SET of 512 MB, then of one byte more", ArgumentAsync)
        {
            Bound = misuse => new(Sizes.SetCopies * (long)misuse.ScaledBytes(Sizes.ArgumentMax), "4 x proto-max-bulk-len: request, log, value, and growing"),
        },
        new("arguments", "DEL of 1,048,575 keys, then of more", ArgumentsAsync)
        {
            // 14 bytes each as they came; 8 bytes for the place of each, once in the parser and once in the batch.
            Bound = _ => new(Sizes.Growth * Sizes.ArgumentsMax * (14L + 8 + 8), "1,048,576 arguments a request, 30 bytes each, growing"),
        },
        new("query", "a request that grows beyond client-query-buffer-limit", QueryAsync)
        {
            Directives = ["--client-query-buffer-limit", "16mb"],
            Bound = _ => new(QueryClients * ((Sizes.Growth * 16 * Sizes.Mebibyte) + Sizes.ReadAhead), "client-query-buffer-limit 16mb x 10 clients, growing"),
        },
        new("unfinished", "10 clients send 64 MB each of arguments that never end", UnfinishedAsync)
        {
            Bound = misuse => new(
                misuse.Scaled(UnfinishedFull) * ((Sizes.Growth * 64 * Sizes.Mebibyte) + Sizes.ReadAhead), "client-query-buffer-limit each; none for all clients together"),
        },
        new("flood", "20 clients pipeline PINGs without end and read the replies", FloodAsync)
        {
            Bound = misuse => new(
                misuse.Scaled(FloodFull) * (Sizes.Connection + (2 * Sizes.ReadAhead) + Sizes.RepliesHeld), "64 KiB read ahead, 1 MiB of replies held"),
        },
        new("garbage", "5,000 connections that send random bytes", GarbageAsync)
        {
            Bound = misuse => new(misuse.Scaled(GarbageFull) * Sizes.Connection, "64 KiB for a line; closed at the first error"),
        },
    ];

    private static async Task AnnounceAsync(Misuse misuse)
    {
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(misuse.Scaled(AnnouncersFull));
        byte[] argument = Misuse.Text("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n" + new string('x', AnnouncedSentBytes));
        byte[] arguments = Misuse.Text("*1048576\r\n$3\r\nDEL\r\n" + string.Concat(Enumerable.Repeat("$1\r\nk\r\n", AnnouncedSentBytes / 7)));
        for (int i = 0; i < sockets.Count; i++)
        {
            await Misuse.SendAsync(sockets[i], i % 2 == 0 ? argument : arguments);
        }

        await Task.Delay(misuse.Time);
    }

    private static async Task ArgumentAsync(Misuse misuse)
    {
        int bytes = misuse.ScaledBytes(Sizes.ArgumentMax);
        Socket socket = await misuse.ConnectAsync();
        await Misuse.SendAsync(socket, Misuse.Text($"*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n${bytes}\r\n"));
        byte[] chunk = new byte[Sizes.Mebibyte];
        for (int left = bytes; left > 0; left -= chunk.Length)
        {
            await Misuse.SendAsync(socket, chunk.AsMemory(0, Math.Min(left, chunk.Length)));
        }

        await Misuse.SendAsync(socket, "\r\n"u8.ToArray());
        await ExpectAsync(socket, "+OK");
        await ExpectRefusedAsync(misuse, "*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$536870913\r\n", "-ERR Protocol error: invalid bulk length");
        misuse.Remark = $"{bytes / 1e6:F0} MB taken";
    }

    private static async Task ArgumentsAsync(Misuse misuse)
    {
        Socket socket = await misuse.ConnectAsync();
        byte[] argument = Misuse.Text("$8\r\nkkkkkkkk\r\n");
        await Misuse.SendAsync(socket, Misuse.Text($"*{Sizes.ArgumentsMax}\r\n$3\r\nDEL\r\n"));
        await Misuse.SendAsync(socket, Misuse.Repeat(argument, Sizes.ArgumentsMax - 1));
        await ExpectAsync(socket, ":0");
        await ExpectRefusedAsync(misuse, $"*{Sizes.ArgumentsMax + 1}\r\n", "-ERR Protocol error: invalid multibulk length");
    }

    private static async Task QueryAsync(Misuse misuse)
    {
        byte[] head = Misuse.Text("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$67108864\r\n");
        for (int i = 0; i < QueryClients; i++)
        {
            Socket socket = await misuse.ConnectAsync();
            await Misuse.SendAsync(socket, head);
            if (await Misuse.SendAsync(socket, new byte[64 * Sizes.Mebibyte]) && await Misuse.SendAsync(socket, "\r\n"u8.ToArray()))
            {
                throw new NotServedException("a request of 64 MB was taken");
            }
        }
    }

    private static async Task UnfinishedAsync(Misuse misuse)
    {
        byte[] bytes = new byte[64 * Sizes.Mebibyte];
        await Task.WhenAll(Enumerable.Range(0, misuse.Scaled(UnfinishedFull)).Select(async _ =>
        {
            Socket socket = await misuse.ConnectAsync();
            await Misuse.SendAsync(socket, Misuse.Text($"*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n${Sizes.ArgumentMax}\r\n"));
            await Misuse.SendAsync(socket, bytes);
        }));
        await Task.Delay(misuse.Time);
    }

    private static async Task FloodAsync(Misuse misuse)
    {
        byte[] pings = Misuse.Repeat("PING\r\n"u8.ToArray(), 2000);
        long end = Environment.TickCount64 + (long)misuse.Time.TotalMilliseconds;
        long read = 0;
        await Task.WhenAll(Enumerable.Range(0, misuse.Scaled(FloodFull)).Select(async _ =>
        {
            Socket socket = await misuse.ConnectAsync();
            Task reading = Task.Run(async () => Interlocked.Add(ref read, await Misuse.DrainAsync(socket)));
            while (Environment.TickCount64 < end)
            {
                await Misuse.SendAsync(socket, pings);
            }

            socket.Shutdown(SocketShutdown.Send);
            await reading;
        }));
        misuse.Remark = $"{read / "+PONG\r\n".Length:N0} PONGs";
    }

    private static async Task GarbageAsync(Misuse misuse)
    {
        var random = new Random(1);
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(misuse.Scaled(GarbageFull));
        byte[] bytes = new byte[200];
        foreach (Socket socket in sockets)
        {
            random.NextBytes(bytes);
            bytes[0] = random.Next(2) == 0 ? (byte)'*' : bytes[0];
            await Misuse.SendAsync(socket, bytes);
        }
    }

    private static async Task ExpectRefusedAsync(Misuse misuse, string request, string error)
    {
        Socket socket = await misuse.ConnectAsync();
        await Misuse.SendAsync(socket, Misuse.Text(request));
        await ExpectAsync(socket, error);
    }

    private static async Task ExpectAsync(Socket socket, string start)
    {
        string text = await Misuse.ReadTextAsync(socket);
        if (!text.StartsWith(start, StringComparison.Ordinal))
        {
            throw new NotServedException($"the answer is {text.TrimEnd()}, not {start}");
        }
    }
}
