using System.Globalization;
using System.Text;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Durability;

/// <summary>
/// Clients that write and read by HTTP until the server is gone, and what they were told. Every writer owns its keys: one that it overwrites, one that
/// it counts up by compare-and-set, and a few that it always writes together. A reader watches each writer's key.
/// </summary>
internal sealed class HttpWriteLoad(TestServer server, int writers)
{
    private const int BatchKeys = 4;

    private readonly long[] _put = new long[writers];
    private readonly long[] _counted = new long[writers];
    private readonly long[] _batched = new long[writers];
    private readonly long[] _shown = new long[writers];
    private readonly CancellationTokenSource _end = new();
    private List<Task> _running = [];

    /// <summary>Rounds that were answered with success, all writers together.</summary>
    public long Rounds => Enumerable.Range(0, writers).Sum(i => Interlocked.Read(ref _batched[i]));

    public void Start()
        => _running = [.. Enumerable.Range(0, writers).SelectMany(i => (Task[])[Task.Run(() => UntilGoneAsync(client => WriteAsync(client, i))), Task.Run(() => UntilGoneAsync(client => ReadAsync(client, i)))])];

    public Task ReachAsync(long rounds) => Poll.UntilAsync($"{rounds} rounds are acknowledged", () => Task.FromResult(Rounds >= rounds));

    /// <summary>Waits until everybody has noticed that the server is gone.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <summary>After a restart: all that was told is there, batches are whole.</summary>
    public async Task VerifyAsync()
    {
        using RawClient reader = await server.ConnectAsync();
        for (int i = 0; i < writers; i++)
        {
            long put = await NumberAsync(reader, $"put:{i}");
            long counted = await NumberAsync(reader, $"counter:{i}");
            Assert.InRange(put, Math.Max(_put[i], _shown[i]), Math.Max(_put[i], _shown[i]) + 1);
            Assert.InRange(counted, _counted[i], _counted[i] + 1);
            string[] batch = [.. (await reader.CallAsync(["MGET", .. Enumerable.Range(0, BatchKeys).Select(part => $"batch:{i}:{part}")])).Items.Select(static each => each.Text)];
            Assert.Single(batch.Distinct());
            Assert.InRange(long.Parse(batch[0], CultureInfo.InvariantCulture), _batched[i], _batched[i] + 1);
        }
    }

    private static async Task<long> NumberAsync(RawClient reader, string key) => long.Parse((await reader.CallAsync("GET", key)).Text, CultureInfo.InvariantCulture);

    private async Task UntilGoneAsync(Func<HttpClient, Task> work)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };
        try
        {
            await work(client);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // The server is gone.
        }
    }

    private async Task WriteAsync(HttpClient client, int writer)
    {
        string? version = null;
        for (long round = 1; ; round++)
        {
            string text = round.ToString(CultureInfo.InvariantCulture);
            using (HttpResponseMessage put = await client.PutAsync($"/v1/kv/put:{writer}", new StringContent(text), _end.Token))
            {
                put.EnsureSuccessStatusCode();
                Volatile.Write(ref _put[writer], round);
            }

            using (var count = new HttpRequestMessage(HttpMethod.Put, $"/v1/kv/counter:{writer}") { Content = new StringContent(text) })
            {
                count.Headers.Add(version is null ? "If-None-Match" : "If-Match", version ?? "*");
                using HttpResponseMessage counted = await client.SendAsync(count, _end.Token);
                counted.EnsureSuccessStatusCode();
                version = counted.Headers.ETag!.ToString();
                Volatile.Write(ref _counted[writer], round);
            }

            string items = string.Join(',', Enumerable.Range(0, BatchKeys).Select(part => $$"""{"op":"put","key":"batch:{{writer}}:{{part}}","value":{{round}}}"""));
            using HttpResponseMessage batch = await client.PostAsync("/v1/kv:batch", new StringContent($$"""{"items":[{{items}}]}""", Encoding.UTF8, "application/json"), _end.Token);
            batch.EnsureSuccessStatusCode();
            Interlocked.Exchange(ref _batched[writer], round);
        }
    }

    private async Task ReadAsync(HttpClient client, int writer)
    {
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync($"/v1/kv/put:{writer}", _end.Token);
            if (response.IsSuccessStatusCode)
            {
                Volatile.Write(ref _shown[writer], long.Parse(await response.Content.ReadAsStringAsync(_end.Token), CultureInfo.InvariantCulture));
            }
        }
    }
}
