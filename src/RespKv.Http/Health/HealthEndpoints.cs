using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Engine.Observation;

namespace RespKv.Http.Health;

/// <summary>
/// <c>GET /health/live</c>: the process answers. <c>GET /health/ready</c>: it serves reads and writes, or why not. For load balancers and
/// orchestrators, so without credentials; no data and no names are told.
/// </summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", static http => WriteAsync(http, new Readiness(true, "live", "")));
        routes.MapGet("/health/ready", static http => WriteAsync(http, http.RequestServices.GetRequiredService<EngineObserver>().Readiness()));
    }

    private static async Task WriteAsync(HttpContext http, Readiness readiness)
    {
        http.Response.StatusCode = readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status"u8, readiness.Status);
        json.WriteString("reason"u8, readiness.Reason);
        json.WriteEndObject();
    }
}
