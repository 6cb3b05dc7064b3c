using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Http.Api;

/// <summary><c>POST /v1/command</c>: any command as a JSON array, with a typed reply.</summary>
internal static class CommandEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/command", RunAsync);

    private static async Task RunAsync(HttpContext http)
    {
        var engine = http.RequestServices.GetRequiredService<RespEngine>();
        using JsonDocument body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted).ConfigureAwait(false);
        var arguments = new List<ReadOnlyMemory<byte>>();
        foreach (JsonElement element in body.RootElement.EnumerateArray())
        {
            if (!JsonReply.TryReadBytes(element, out ReadOnlyMemory<byte> bytes))
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            arguments.Add(bytes);
        }

        using LocalClient? client = LocalClient.Connect(engine, $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}", "", "http");
        if (client is null || !client.Begin(0))
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        LocalReply reply = await client.ExecuteAsync(arguments, http.RequestAborted).ConfigureAwait(false);
        RespValue value = reply.Values[0];
        if (reply.Lsn > 0)
        {
            http.Response.Headers["RespKv-Lsn"] = $"{reply.Lsn}";
        }

        http.Response.StatusCode = value.IsError ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        http.Response.ContentType = value.IsError ? "application/problem+json" : "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        if (value.IsError)
        {
            json.WriteString("code"u8, value.Text.Split(' ')[0]);
            json.WriteString("detail"u8, value.Text);
        }
        else
        {
            json.WritePropertyName("reply"u8);
            JsonReply.Write(json, value);
        }

        json.WriteEndObject();
    }
}
