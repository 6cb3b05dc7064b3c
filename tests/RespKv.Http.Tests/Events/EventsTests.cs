using System.Net;
using System.Text.Json;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Events;

public sealed class EventsTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Change_is_told_with_the_LSN_of_its_write()
    {
        using EventReader events = await EventReader.OpenAsync(http.Client, "/v1/events?prefix=told%3A");
        using HttpResponseMessage other = await http.CommandAsync("SET", "other", "1");
        using HttpResponseMessage written = await http.CommandAsync("SET", "told:1", "1");

        Assert.Equal(
            [$"id: {Assert.Single(written.Headers.GetValues("RespKv-Lsn"))}", "event: set", """data: {"db":0,"key":"told:1","event":"set"}"""],
            (await events.ReadAsync())!);
    }

    [Fact]
    public async Task Key_that_is_no_text_is_base64()
    {
        using EventReader events = await EventReader.OpenAsync(http.Client, "/v1/events?prefix=%FF&events=set,del");
        using RawClient client = await http.Server.ConnectAsync();
        await client.SendAsync("SET", "\u00FF\u0001", "1");

        Assert.Equal("""data: {"db":0,"key":{"base64":"/wE="},"event":"set"}""", (await events.ReadAsync())![2]);
    }

    [Theory]
    [InlineData("/v1/events?db=99")]
    [InlineData("/v1/events?dbs=some")]
    [InlineData("/v1/events?unknown=1")]
    public async Task Wrong_parameter_is_refused(string path)
    {
        using HttpResponseMessage response = await http.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Streams_above_the_bound_are_told_503()
    {
        await using TestServer server = await StartAsync("--http-max-event-streams", "1");
        using HttpClient client = Client(server);
        using EventReader events = await EventReader.OpenAsync(client, "/v1/events");

        using HttpResponseMessage response = await client.GetAsync("/v1/events");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("http-max-event-streams", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_client_is_told_why_its_stream_ends()
    {
        using EventReader events = await EventReader.OpenAsync(http.Client, "/v1/events?prefix=killed");
        string list = (await http.ReplyAsync("CLIENT", "LIST")).GetString()!;
        string line = list.Split('\n').Last(each => each.Contains("name=http-events", StringComparison.Ordinal));

        await http.ReplyAsync("CLIENT", "KILL", "ID", line.Split(' ')[0]["id=".Length..]);

        Assert.StartsWith(": the stream ends: ", Assert.Single((await events.ReadAsync())!), StringComparison.Ordinal);
        Assert.Null(await events.ReadAsync());
    }

    [Fact]
    public async Task Shutdown_ends_streams_at_once()
    {
        await using TestServer server = await StartAsync();
        using HttpClient client = Client(server);
        using EventReader events = await EventReader.OpenAsync(client, "/v1/events");

        server.Process.Signal(ChildProcess.SigTerm);

        Assert.Equal([": the stream ends: the server is shutting down"], (await events.ReadAsync())!);
        Assert.Null(await events.ReadAsync());
        Assert.Equal(0, await server.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task Client_that_has_gone_away_frees_its_place()
    {
        await using TestServer server = await StartAsync("--http-max-event-streams", "1");
        using HttpClient client = Client(server);
        using (await EventReader.OpenAsync(client, "/v1/events"))
        {
        }

        await Poll.UntilAsync("another stream is taken", async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return response.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Event_waits_for_the_disk()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        await using InProcessDoor door = await InProcessDoor.OpenAsync(host.Engine);
        using EventReader events = await EventReader.OpenAsync(door.Client, "/v1/events");
        using TestClient client = host.Connect();
        files.HoldSyncs();
        client.Send("SET", "a", "1");
        await files.SyncHeldAsync();

        Task<string[]?> next = events.ReadAsync();
        Assert.False(next.IsCompleted);
        Assert.Equal(0, host.Engine.DurableLsn);

        files.ReleaseSyncs();
        Assert.Equal("id: 1", (await next)![0]);
        Assert.Equal(1, host.Engine.DurableLsn);
    }

    [Fact]
    public async Task Client_that_does_not_read_is_cut_and_others_are_not_held_up()
    {
        await using TestServer server = await StartAsync("--client-output-buffer-limit", "pubsub 256kb 0 0");
        using HttpClient client = Client(server);
        using EventReader slow = await EventReader.OpenAsync(client, "/v1/events");
        using RawClient writer = await server.ConnectAsync();
        string key = new('k', 50_000);

        await Poll.UntilAsync("the stream is cut", async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await writer.SendAsync("SET", $"{key}{i}", "1");
                Assert.Equal("OK", (await writer.ReadAsync()).Text);
            }

            await writer.SendAsync("CLIENT", "LIST");
            return !(await writer.ReadAsync()).Text.Contains("name=http-events", StringComparison.Ordinal);
        });

        await writer.SendAsync("INFO", "stats");
        Assert.Contains("client_output_buffer_limit_disconnections:1", (await writer.ReadAsync()).Text, StringComparison.Ordinal);

        // It ends: in the middle, or with the reason when the client reads again in time to be told.
        try
        {
            while (await slow.ReadAsync() is not null)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
        }
    }

    [Fact]
    public async Task What_was_told_is_there_after_SIGKILL()
    {
        await using TestServer server = await StartAsync();
        using HttpClient client = Client(server);
        using EventReader events = await EventReader.OpenAsync(client, "/v1/events?events=set");
        using var stop = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, 4).Select(number => WriteAsync(server, number, stop.Token))];

        var seen = new List<string>();
        long lastLsn = 0;
        for (int i = 0; i < 300; i++)
        {
            string[] lines = (await events.ReadAsync())!;
            lastLsn = Math.Max(lastLsn, long.Parse(lines[0]["id: ".Length..]));
            seen.Add(KeyOf(lines));
        }

        await server.KillAsync();
        try
        {
            while (await events.ReadAsync() is { Length: 3 } lines)
            {
                seen.Add(KeyOf(lines));
            }
        }
        catch (IOException)
        {
            // Cut in the middle.
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await server.RestartAsync();

        using RawClient reader = await server.ConnectAsync();
        foreach (string key in seen)
        {
            await reader.SendAsync("GET", key);
            Assert.Equal("1", (await reader.ReadAsync()).Text);
        }
    }

    private static async Task WriteAsync(TestServer server, int number, CancellationToken stop)
    {
        try
        {
            using RawClient client = await server.ConnectAsync();
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await client.SendAsync("SET", $"key-{number}-{i}", "1");
                RespValue? reply = await client.TryReadAsync();
                if (reply is null)
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            // Killed.
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Killed.
        }
    }

    private static string KeyOf(string[] lines)
    {
        using var data = JsonDocument.Parse(lines[2]["data: ".Length..]);
        return data.RootElement.GetProperty("key").GetString()!;
    }

    private static Task<TestServer> StartAsync(params string[] directives)
        => TestServer.StartAsync(new TestServerOptions { SpeaksHttp = true, Directives = [.. TestServerOptions.SmallSegments, .. directives] });

    private static HttpClient Client(TestServer server) => new() { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };
}
