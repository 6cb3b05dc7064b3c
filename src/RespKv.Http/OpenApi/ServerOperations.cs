using Microsoft.OpenApi;
using RespKv.Http.Api;

namespace RespKv.Http.OpenApi;

/// <summary>Events, statistics, metrics, health.</summary>
internal static class ServerOperations
{
    private const string Tag = "server";

    public static void Add(OperationList list)
    {
        OpenApiOperation events = list.Add(HttpMethod.Get, "/v1/events", "events", "data", "Keyspace events as they happen (server-sent events).");
        OperationList.AddDatabase(events);
        OperationList.AddQuery(events, "prefix", Schemas.Text(), "What the keys begin with.");
        OperationList.AddQuery(events, "pattern", Schemas.Text(), "A glob that the keys match.");
        OperationList.AddQuery(events, "events", Schemas.Text(), "Names of events, separated by commas.");
        OperationList.AddQuery(events, "dbs", Schemas.Text(), "all: of every database.");
        events.Responses!.Add("200", OperationList.Response("event: and data: lines; data is {\"db\",\"key\",\"event\"}.", OperationList.Content("text/event-stream", Schemas.Text())));
        list.AddProblems(events);

        OpenApiOperation stats = list.Add(HttpMethod.Get, "/v1/stats", "stats", Tag, "Figures of the server, its log, memory and clients.");
        stats.Responses!.Add("200", OperationList.Response("See docs/http.md.", OperationList.Content(ApiHeaders.Json, Schemas.AnyObject())));
        list.AddProblems(stats);

        OpenApiOperation metrics = list.Add(HttpMethod.Get, "/metrics", "metrics", Tag, "The same for Prometheus.");
        metrics.Responses!.Add("200", OperationList.Response("Prometheus's text format, or OpenMetrics.", OperationList.Content("text/plain", Schemas.Text())));
        list.AddProblems(metrics);

        AddHealth(list, "/health/live", "live", "The process answers.");
        AddHealth(list, "/health/ready", "ready", "Reads and writes are served, or why not.");
    }

    private static void AddHealth(OperationList list, string path, string id, string summary)
    {
        OpenApiOperation health = list.Add(HttpMethod.Get, path, id, Tag, summary);
        OpenApiSchema schema = Schemas.Object(null, ["status", "reason"], ("status", Schemas.Text()), ("reason", Schemas.Text()));
        health.Security = [new OpenApiSecurityRequirement()];
        health.Responses!.Add("200", OperationList.Response("Yes.", OperationList.Content(ApiHeaders.Json, schema)));
        health.Responses.Add("503", OperationList.Response("No.", OperationList.Content(ApiHeaders.Json, schema)));
    }
}
