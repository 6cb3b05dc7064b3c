using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Crash;

/// <summary>
/// Clients that write until the connection ends, and what was acknowledged to each. Every client owns its keys: SET of numbered
/// keys, an INCR counter, and one key that it overwrites again and again.
/// </summary>
/// <param name="life">Tells the keys of several loads on the same data apart.</param>
internal sealed class WriteLoad(TestServer server, int clients, int life = 1)
{
    /// <summary>Requests in flight per client, of each kind.</summary>
    private const int Depth = 8;

    private readonly ConcurrentDictionary<int, long> _rounds = new();
    private List<Task> _running = [];
    private long _acknowledged;

    /// <summary>Rounds of Depth SETs, one INCR and one overwrite that were acknowledged whole.</summary>
    public long AcknowledgedRounds => Interlocked.Read(ref _acknowledged);

    public void Start() => _running = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => WriteAsync(client)))];

    /// <summary>Waits until so many rounds were acknowledged, all clients together.</summary>
    public Task ReachAsync(long rounds) => Poll.UntilAsync($"{rounds} rounds are acknowledged", () =>
    {
        Task? failed = _running.Find(task => task.IsCompleted);
        return failed is null ? AcknowledgedRounds >= rounds : throw new InvalidOperationException("A client has ended early.", failed.Exception);
    });

    /// <summary>Waits until every client has lost its connection.</summary>
    public Task EndAsync() => Task.WhenAll(_running);

    /// <summary>Everything acknowledged is there, and nothing that was never sent. To be called after a restart.</summary>
    public async Task VerifyAsync()
    {
        using RawClient reader = await server.ConnectAsync();
        for (int client = 0; client < clients; client++)
        {
            long rounds = _rounds.GetValueOrDefault(client);
            long counter = Number(await reader.CallAsync("GET", $"counter:{life}:{client}"));
            long last = Number(await reader.CallAsync("GET", $"last:{life}:{client}"));

            // One round more may have been in flight when the connection ended.
            Assert.InRange(counter, rounds, rounds + 1);
            Assert.InRange(last, rounds, rounds + 1);
            await VerifyNumberedAsync(reader, client, rounds);
        }
    }

    private async Task VerifyNumberedAsync(RawClient reader, int client, long rounds)
    {
        for (long round = 1; round <= rounds; round++)
        {
            string[] names = [.. Enumerable.Range(0, Depth).Select(i => Name(client, round, i))];
            RespValue values = await reader.CallAsync(["MGET", .. names]);
            Assert.All(values.Items.Zip(names), pair => Assert.Equal(Value(pair.Second), pair.First.Text));
        }
    }

    private async Task WriteAsync(int client)
    {
        try
        {
            using RawClient connection = await server.ConnectAsync();
            for (long round = 1; ; round++)
            {
                await connection.SendRawAsync(Round(client, round));
                for (int i = 0; i < Depth + 2; i++)
                {
                    RespValue? reply = await connection.TryReadAsync();
                    if (reply is null || reply.IsError)
                    {
                        return;
                    }
                }

                _rounds[client] = round;
                Interlocked.Increment(ref _acknowledged);
            }
        }
        catch (SocketException)
        {
            // The server is gone.
        }
    }

    private byte[] Round(int client, long round)
    {
        using var requests = new MemoryStream();
        for (int i = 0; i < Depth; i++)
        {
            string name = Name(client, round, i);
            requests.Write(RawClient.Encode("SET", name, Value(name)));
        }

        requests.Write(RawClient.Encode("INCR", $"counter:{life}:{client}"));
        requests.Write(RawClient.Encode("SET", $"last:{life}:{client}", round.ToString(CultureInfo.InvariantCulture)));
        return requests.ToArray();
    }

    private string Name(int client, long round, int i) => string.Create(CultureInfo.InvariantCulture, $"numbered:{life}:{client}:{round}:{i}");

    /// <summary>Lengths differ, so that batches end anywhere in a sector.</summary>
    private static string Value(string name) => string.Concat(Enumerable.Repeat(name, (name.Length * 7 % 13) + 1));

    private static long Number(RespValue value) => value.IsNull ? 0 : long.Parse(value.Text, CultureInfo.InvariantCulture);
}
