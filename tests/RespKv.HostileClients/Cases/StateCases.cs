using System.Net.Sockets;
using RespKv.TestKit.Server;

namespace RespKv.HostileClients.Cases;

/// <summary>Clients that guess passwords, and such that make the server remember more and more about them.</summary>
internal static class StateCases
{
    private const int GuessersFull = 100;
    private const int GuessesFull = 20_000;
    private const string Password = "correct-horse-battery-staple";
    private const int HoardersFull = 10;

    public static IReadOnlyList<HostileCase> All { get; } =
    [
        new("auth", "100 clients guess passwords in pipelines; others send too much before AUTH", GuessAsync)
        {
            Directives = ["--requirepass", Password],
            Bound = misuse => new(
                misuse.Scaled(GuessersFull) * (Sizes.Connection + Sizes.ReadAhead + Sizes.RepliesHeld), "before AUTH: 10 arguments of 16,384 bytes"),
        },
        new("block", "10 clients queue commands after MULTI and never say EXEC", BlockAsync)
        {
            Directives = ["--client-query-buffer-limit", "16mb"],
            WhyNot = misuse => WhyNoCommandAsync(misuse, "MULTI"),
            Bound = misuse => new(
                misuse.Scaled(HoardersFull) * ((16 * Sizes.Mebibyte) + Sizes.ReadAhead + Sizes.RepliesHeld), "client-query-buffer-limit 16mb x clients"),
        },
        new("watch", "10 clients watch more and more keys", WatchAsync)
        {
            Directives = ["--client-query-buffer-limit", "16mb"],
            WhyNot = misuse => WhyNoCommandAsync(misuse, "UNWATCH"),
            Bound = misuse => new(
                misuse.Scaled(HoardersFull) * ((16 * Sizes.Mebibyte) + Sizes.ReadAhead + Sizes.RepliesHeld), "client-query-buffer-limit 16mb x clients"),
        },
    ];

    private static async Task GuessAsync(Misuse misuse)
    {
        await ExpectAsync(misuse, "*11\r\n", "-ERR Protocol error: unauthenticated multibulk length");
        await ExpectAsync(misuse, "*2\r\n$4\r\nAUTH\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length");
        byte[] guesses = Misuse.Repeat(Misuse.Request("AUTH", "letmein"), misuse.Scaled(GuessesFull));
        await Task.WhenAll(Enumerable.Range(0, misuse.Scaled(GuessersFull)).Select(async _ =>
        {
            Socket socket = await misuse.ConnectAsync();
            await Misuse.SendWhileTakenAsync(socket, guesses, misuse.Time);
            if (!(await Misuse.ReadTextAsync(socket)).StartsWith("-WRONGPASS", StringComparison.Ordinal))
            {
                throw new NotServedException("a wrong password is not answered with WRONGPASS");
            }
        }));
    }

    private static Task BlockAsync(Misuse misuse)
    {
        byte[] set = Misuse.Request("SET", "k", new string('v', 100_000));
        return HoardAsync(misuse, Misuse.Request("MULTI"), _ => set, 1000);
    }

    private static Task WatchAsync(Misuse misuse)
    {
        return HoardAsync(misuse, [], Watch, 1000);

        static byte[] Watch(int request)
        {
            string[] words = ["WATCH", .. Enumerable.Range(0, 1000).Select(key => $"watched:{request}:{key}")];
            return Misuse.Request(words);
        }
    }

    /// <summary>Each client goes on until it is cut, or has sent so many requests.</summary>
    private static async Task HoardAsync(Misuse misuse, byte[] first, Func<int, byte[]> next, int requests)
    {
        long sent = 0;
        int cut = 0;
        await Task.WhenAll(Enumerable.Range(0, misuse.Scaled(HoardersFull)).Select(async _ =>
        {
            Socket socket = await misuse.ConnectAsync();
            bool open = await Misuse.SendAsync(socket, first);
            for (int i = 0; i < requests && open; i++)
            {
                byte[] request = next(i);
                open = await Misuse.SendAsync(socket, request);
                Interlocked.Add(ref sent, request.Length);
            }

            Interlocked.Add(ref cut, open ? 0 : 1);
        }));
        misuse.Remark = $"{sent / 1e6:F0} MB sent, {cut} clients cut";
    }

    private static async Task ExpectAsync(Misuse misuse, string request, string error)
    {
        Socket socket = await misuse.ConnectAsync();
        await Misuse.SendAsync(socket, Misuse.Text(request));
        string text = await Misuse.ReadTextAsync(socket);
        if (!text.StartsWith(error, StringComparison.Ordinal))
        {
            throw new NotServedException($"the answer is {text.TrimEnd()}, not {error}");
        }
    }

    private static async Task<string?> WhyNoCommandAsync(Misuse misuse, string command)
    {
        using RawClient client = await misuse.Server.ConnectAsync();
        string reply = (await client.CallAsync(command)).Text;
        return reply.StartsWith("ERR unknown command", StringComparison.Ordinal) ? $"{command} is not there yet" : null;
    }
}
