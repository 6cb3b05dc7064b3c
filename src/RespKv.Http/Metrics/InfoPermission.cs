using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Http.Metrics;

/// <summary>Statistics and metrics are for those who may run INFO.</summary>
internal static class InfoPermission
{
    /// <summary>False: it has been answered with what is missing.</summary>
    public static async Task<bool> HasAsync(HttpContext http)
    {
        var engine = http.RequestServices.GetRequiredService<RespEngine>();
        using LocalClient? client = LocalClient.Connect(engine, $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}", "", "http");
        if (client is null)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "ERR max number of clients reached").ConfigureAwait(false);
            return false;
        }

        LocalReply reply = await client.ExecuteAsync((ReadOnlyMemory<byte>[])["INFO"u8.ToArray(), "replication"u8.ToArray()], http.RequestAborted).ConfigureAwait(false);
        RespValue value = reply.Values[0];
        if (!value.IsError)
        {
            return true;
        }

        bool isUnknown = value.Text.StartsWith("NOAUTH", StringComparison.Ordinal);
        await RefuseAsync(http, isUnknown ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden, value.Text).ConfigureAwait(false);
        return false;
    }

    private static async Task RefuseAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteNumber("status"u8, status);
        json.WriteString("code"u8, text.Split(' ')[0]);
        json.WriteString("detail"u8, text);
        json.WriteEndObject();
    }
}
