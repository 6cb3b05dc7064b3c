using System.Net.Sockets;
using System.Text;

namespace RespKv.HostileClients.Cases;

/// <summary>Clients of the HTTP door. The neighbour that has to be served meanwhile speaks the Redis protocol.</summary>
internal static class HttpCases
{
    private const int ConnectionsFull = 5000;
    private const int SlowFull = 500;
    private const int HugeFull = 200;
    private const int BodiesFull = 20;
    private const int MalformedFull = 5000;
    private const int FloodClients = 64;

    /// <summary>http-maxclients of these servers.</summary>
    private const int MaxClients = 1000;

    /// <summary>A connection of Kestrel with its pipes, buffers and the database's session; measured and held here, as <see cref="Sizes.Connection"/>.</summary>
    private const long Connection = 48 * Sizes.Kibibyte;

    /// <summary>HttpLimits.HeaderBytesMax, and what is read ahead.</summary>
    private const long Headers = 64 * Sizes.Kibibyte;

    /// <summary>What the framework takes when it is used for the first time: code, pools, buffers.</summary>
    private const long Framework = 32 * Sizes.Mebibyte;

    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Malformed =
    [
        "GET /v1/kv/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/kv/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/kv?prefix=%f HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/kv/a HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET /v1/kv/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "\0\u0001\u0002\u0003\r\n\r\n",
        "PUT /v1/kv/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "PUT /v1/kv/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "PUT /v1/kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        Post("/v1/command", "[\"GET\","),
        Post("/v1/command", new string('[', 10_000)),
        Post("/v1/command", "{\"commands\":" + new string('[', 5000) + new string(']', 5000) + "}"),
        Post("/v1/kv:batch", "{\"items\":[{\"op\":\"put\",\"key\":\"\\ud800\",\"value\":1}]}"),
        Post("/v1/command", "\u00ff\u00fe\u00ff"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + new string('\u00ff', 100),
        "*1\r\n$4\r\nPING\r\n",
    ];

    public static IReadOnlyList<HostileCase> All { get; } =
    [
        Case("http-idle", "5,000 connections of HTTP that say nothing", IdleAsync, _ => new(Framework + (MaxClients * Connection), "http-maxclients 1000 x 48 KiB")),
        Case("http-slow", "500 whose headers come a byte every 100 ms, 500 whose body does", SlowAsync,
            misuse => new(Framework + (2 * misuse.Scaled(SlowFull) * (Connection + (16 * Sizes.Kibibyte))), "10 s for headers, 240 bytes/s for a body")),
        Case("http-headers", "200 send headers of 1 MB each", HeadersAsync, misuse => new(Framework + (misuse.Scaled(HugeFull) * (Connection + Headers)), "32 KiB of headers")),
        Case("http-body", "20 send bodies without an end, in chunks", BodyAsync,
            misuse => new(Framework + (misuse.Scaled(BodiesFull) * (Connection + (Sizes.Growth * 16 * Sizes.Mebibyte))), "proto-max-bulk-len 16mb each, growing")),
        Case("http-broken", "5,000 broken requests: percent signs, chunks, JSON, nesting", BrokenAsync,
            misuse => new(Framework + (MaxClients * Connection) + (misuse.Scaled(MalformedFull) * Sizes.Kibibyte), "http-maxclients; closed or refused one by one")),
        Case("http-flood", "64 clients send GETs and PUTs as fast as they are answered", FloodAsync,
            _ => new(Framework + (FloodClients * Connection), "http-concurrency 64")),
    ];

    private static HostileCase Case(string name, string says, Func<Misuse, Task> run, Func<Misuse, Bound> bound) => new(name, says, run)
    {
        SpeaksHttp = true,
        Directives = ["--http-maxclients", $"{MaxClients}", "--proto-max-bulk-len", "16mb"],
        Bound = bound,
    };

    private static string Post(string target, string body)
        => $"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static async Task IdleAsync(Misuse misuse)
    {
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(misuse.Scaled(ConnectionsFull));
        await Task.Delay(misuse.Time);
        misuse.Remark = $"{sockets.Count(static socket => !socket.Poll(0, SelectMode.SelectRead))} were left open";
    }

    private static async Task SlowAsync(Misuse misuse)
    {
        int count = misuse.Scaled(SlowFull);
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(2 * count);
        byte[] body = Misuse.Text("PUT /v1/kv/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
        byte[] headers = Misuse.Text("GET /v1/kv/slow HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        for (int i = 0; i < sockets.Count; i++)
        {
            await Misuse.SendAsync(sockets[i], i < count ? headers : body);
        }

        byte[] one = [(byte)'x'];
        long end = Environment.TickCount64 + (long)misuse.Time.TotalMilliseconds;
        while (Environment.TickCount64 < end)
        {
            foreach (Socket socket in sockets)
            {
                await Misuse.SendAsync(socket, one);
            }

            await Task.Delay(SlowPause);
        }

        misuse.Remark = $"{sockets.Count(static socket => socket.Poll(0, SelectMode.SelectRead))} were cut or answered";
    }

    private static async Task HeadersAsync(Misuse misuse)
    {
        byte[] huge = Misuse.Text("GET /v1/kv/a HTTP/1.1\r\nHost: localhost\r\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: {new string('h', 10_000)}\r\n")));
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(misuse.Scaled(HugeFull));
        await Parallel.ForEachAsync(sockets, async (socket, _) => await Misuse.SendAsync(socket, huge));
        foreach (Socket socket in sockets)
        {
            Expect(await Misuse.ReadTextAsync(socket), "HTTP/1.1 431", "");
        }
    }

    private static async Task BodyAsync(Misuse misuse)
    {
        byte[] head = Misuse.Text("PUT /v1/kv/endless HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        byte[] chunk = Misuse.Text($"10000\r\n{new string('x', 0x10000)}\r\n");
        byte[] pieces = Misuse.Repeat(chunk, misuse.ScaledBytes(64 * Sizes.Mebibyte) / chunk.Length);
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(misuse.Scaled(BodiesFull));
        long[] taken = new long[sockets.Count];
        await Parallel.ForAsync(0, sockets.Count, new ParallelOptions { MaxDegreeOfParallelism = sockets.Count }, async (i, _) =>
        {
            await Misuse.SendAsync(sockets[i], head);
            taken[i] = await Misuse.SendWhileTakenAsync(sockets[i], pieces, misuse.Time);
        });
        misuse.Remark = $"{taken.Max() / Sizes.Mebibyte} MiB of a body were taken at most";
    }

    private static async Task BrokenAsync(Misuse misuse)
    {
        int count = misuse.Scaled(MalformedFull);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using Socket socket = await misuse.ConnectAsync();
            await Misuse.SendAsync(socket, Encoding.Latin1.GetBytes(Malformed[i % Malformed.Length]));

            // To the preface of HTTP/2 the answer is a frame of that: GOAWAY.
            Expect(await Misuse.ReadTextAsync(socket), "HTTP/1.1 400", "HTTP/1.1 505", "\0\0\u0008\u0007", "");
        });
    }

    private static async Task FloodAsync(Misuse misuse)
    {
        byte[] get = Misuse.Text("GET /v1/kv/flood HTTP/1.1\r\nHost: localhost\r\n\r\n");
        byte[] put = Misuse.Text("PUT /v1/kv/flood HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
        long end = Environment.TickCount64 + (long)misuse.Time.TotalMilliseconds;
        int answered = 0;
        IReadOnlyList<Socket> sockets = await misuse.ConnectAllAsync(FloodClients);
        await Task.WhenAll(sockets.Select((socket, i) => Task.Run(async () =>
        {
            byte[] buffer = new byte[4096];
            while (Environment.TickCount64 < end)
            {
                await Misuse.SendAsync(socket, i % 2 == 0 ? get : put);
                if (await socket.ReceiveAsync(buffer) == 0)
                {
                    throw new NotServedException("a request was not answered");
                }

                Interlocked.Increment(ref answered);
            }
        })));
        misuse.Remark = $"{answered / misuse.Time.TotalSeconds:N0} requests/s";
    }

    private static void Expect(string answer, params ReadOnlySpan<string> starts)
    {
        foreach (string start in starts)
        {
            if (start.Length == 0 ? answer.Length == 0 : answer.StartsWith(start, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new NotServedException($"answered with: {answer[..Math.Min(answer.Length, 60)]}");
    }
}
