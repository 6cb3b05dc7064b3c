using System.Diagnostics;
using System.Globalization;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.HostileClients;

/// <summary>The well-behaved client: one request at a time, written values read back, until it is told to stop.</summary>
internal sealed class Neighbour : IDisposable
{
    /// <summary>Between requests: the neighbour is to be served, not to load the server.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly RawClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    private Neighbour(RawClient client)
    {
        _client = client;
        _work = WorkAsync();
    }

    public long Served { get; private set; }

    public TimeSpan Worst { get; private set; }

    /// <summary>Null: every reply came and was right.</summary>
    public string? Problem { get; private set; }

    /// <param name="password">Null for none.</param>
    public static async Task<Neighbour> StartAsync(TestServer server, string? password)
    {
        RawClient client = await server.ConnectAsync();
        if (password is not null)
        {
            await client.CallAsync("AUTH", password);
        }

        return new Neighbour(client);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _client.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            for (long i = 0; !_stop.IsCancellationRequested; i++)
            {
                string value = i.ToString(CultureInfo.InvariantCulture);
                await CallAsync("OK", "SET", "neighbour", value);
                await CallAsync(value, "GET", "neighbour");
                await Task.Delay(Pause);
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException or System.Net.Sockets.SocketException or NotServedException)
        {
            Problem = e.Message;
        }
    }

    private async Task CallAsync(string expected, params string[] request)
    {
        long start = Stopwatch.GetTimestamp();
        RespValue reply = await _client.CallAsync(request);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        Worst = time > Worst ? time : Worst;
        Served++;
        if (reply.Text != expected)
        {
            throw new NotServedException($"{request[0]} was answered with {reply.Text}");
        }
    }
}
