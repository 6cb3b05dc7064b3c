using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;
using RespKv.Http.Api;

namespace RespKv.Http.Events;

/// <summary>
/// <c>GET /v1/events</c>: changes of keys as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). The id of an event is
/// the LSN of the record that made the change; it was durable before the event left. Nothing is repeated: who reconnects has missed what was between.
/// </summary>
internal static class EventsEndpoint
{
    /// <summary>Names of events in one request.</summary>
    private const int NamesMax = 64;

    private const int NameBytesMax = 64;

    /// <summary>Without an event, a comment goes that often: proxies close what is silent, and who is gone is noticed.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly byte[] Opened = ": events follow\n\n"u8.ToArray();
    private static readonly byte[] Alive = ": alive\n\n"u8.ToArray();

    public static void Map(WebApplication application)
        => application.MapGet("/v1/events", ApiCall.Handler(call => RunAsync(call, application.Lifetime.ApplicationStopping), "prefix", "pattern", "events", "dbs"));

    private static async Task RunAsync(ApiCall call, CancellationToken stopping)
    {
        int? database = call.Query.Text("dbs") switch
        {
            null => (int)(call.Query.Integer("db", 0, int.MaxValue) ?? 0),
            "all" => null,
            _ => throw ProblemException.BadRequest("'dbs' is 'all' or not there"),
        };
        var filter = new EventFilter(database, call.Query.Bytes("prefix"), call.Query.Bytes("pattern"), NamesOf(call.Query));
        using EventStream stream = call.Client.OpenEvents(call.Engine, filter, out EventStreamRefusal refusal) ?? throw ProblemOf(refusal);
        call.StartWaiting();
        HttpContext http = call.Http;
        http.Response.ContentType = "text/event-stream";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping, stream.Ended);
        try
        {
            await SendAsync(http, stream, end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or LocalClientException)
        {
            await EndAsync(http, stopping.IsCancellationRequested ? "the server is shutting down" : stream.CutReason).ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(HttpContext http, EventStream stream, CancellationToken cancel)
    {
        await http.Response.BodyWriter.WriteAsync(Opened, cancel).ConfigureAwait(false);
        while (true)
        {
            IReadOnlyList<KeyEvent> events = await stream.ReadAsync(Heartbeat, cancel).ConfigureAwait(false);
            if (events.Count == 0)
            {
                http.Response.BodyWriter.Write(Alive);
            }

            foreach (KeyEvent each in events)
            {
                Write(http.Response.BodyWriter, each);
            }

            try
            {
                // Waits for a client that reads slowly; meanwhile events wait in the engine, which bounds them.
                await http.Response.BodyWriter.FlushAsync(cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // It does not read: what waits for it must not be waited for, and there is no way to tell it.
                http.Abort();
                return;
            }
        }
    }

    /// <summary>Says why it ends, if the client still takes anything.</summary>
    private static async Task EndAsync(HttpContext http, string? reason)
    {
        if (reason is null || http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        http.Response.BodyWriter.Write(Encoding.UTF8.GetBytes($": the stream ends: {reason}\n\n"));
        await http.Response.CompleteAsync().ConfigureAwait(false);
    }

    private static void Write(IBufferWriter<byte> output, in KeyEvent keyEvent)
    {
        if (keyEvent.Lsn > 0)
        {
            output.Write("id: "u8);
            Encoding.UTF8.GetBytes(keyEvent.Lsn.ToString(CultureInfo.InvariantCulture), output);
            output.Write("\n"u8);
        }

        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(keyEvent.Name, output);
        output.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, JsonReply.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("db"u8, keyEvent.Database);
            json.WritePropertyName("key"u8);
            JsonReply.WriteBytes(json, keyEvent.Key.Span);
            json.WriteString("event"u8, keyEvent.Name);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    private static string[]? NamesOf(RawQuery query)
    {
        if (query.Text("events") is not { Length: > 0 } text)
        {
            return null;
        }

        string[] names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length <= NamesMax && names.All(name => name.Length <= NameBytesMax)
            ? names
            : throw ProblemException.BadRequest($"'events' takes up to {NamesMax} names of events, separated by commas");
    }

    private static ProblemException ProblemOf(EventStreamRefusal refusal) => refusal switch
    {
        EventStreamRefusal.NoPermission => new ProblemException(
            StatusCodes.Status403Forbidden, "NOPERM this user has no permissions to run 'subscribe', or to access the channels __keyevent@<db>__:<event>", "NOPERM"),
        EventStreamRefusal.TooManyStreams => Later("there are http-max-event-streams streams of events already", "BUSY"),
        EventStreamRefusal.TooManyClients => Later("ERR max number of clients reached", "ERR"),
        _ => Later("LOADING the server is loading or shutting down", "LOADING"),
    };

    private static ProblemException Later(string detail, string code) => new(StatusCodes.Status503ServiceUnavailable, detail, code) { RetryAfterSeconds = 1 };
}
