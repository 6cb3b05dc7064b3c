using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using RespKv.Http.Clients;

namespace RespKv.Http.Api.Keys;

/// <summary><c>POST /v1/kv:batch</c>: puts and deletions, all or none, one LSN.</summary>
internal static class BatchEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/kv:batch", ApiCall.Handler(RunAsync));

    private static async Task RunAsync(ApiCall call)
    {
        JsonBody.RequireJson(call.Http.Request);
        using RequestBody body = await call.ReadBodyAsync(call.Engine.Config.HttpMaxJsonBytes).ConfigureAwait(false);
        using JsonDocument json = JsonReply.Parse(body.Bytes);
        List<KeyWrite> writes = Read(json.RootElement);
        bool[] existed = await KeyWriter.ExecuteAsync(call, writes).ConfigureAwait(false);
        await WriteAsync(call, writes, existed).ConfigureAwait(false);
    }

    private static List<KeyWrite> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() != 1 || !root.TryGetProperty("items"u8, out JsonElement items) || items.ValueKind != JsonValueKind.Array
            || items.GetArrayLength() is 0 or > HttpLimits.BatchItemsMax)
        {
            throw ProblemException.BadRequest(
                $$"""the body is {"items":[{"op":"put","key":"a","value":"1"},{"op":"delete","key":"b"}]}, with 1 to {{HttpLimits.BatchItemsMax}} items""");
        }

        var writes = new List<KeyWrite>(items.GetArrayLength());
        foreach (JsonElement item in items.EnumerateArray())
        {
            writes.Add(ReadItem(item, writes.Count));
        }

        return writes;
    }

    private static KeyWrite ReadItem(JsonElement item, int index)
    {
        PutItem.RequireKnown(item, index, "op", "key", "value", "type", "ttl", "ifMatch", "ifNoneMatch");
        if (!item.TryGetProperty("key"u8, out JsonElement named) || !JsonReply.TryReadBytes(named, out ReadOnlyMemory<byte> key))
        {
            throw new ProblemException(400, "an item has a \"key\"") { Index = index };
        }

        var conditions = Conditions.Parse(Header(item, "ifMatch", index), Header(item, "ifNoneMatch", index), mustExist: false, mustNotExist: false);
        if (item.TryGetProperty("op"u8, out JsonElement op) && op.ValueKind == JsonValueKind.String)
        {
            if (op.ValueEquals("put"u8))
            {
                PutItem put = PutItem.Parse(item, index, "op", "key", "value", "type", "ttl", "ifMatch", "ifNoneMatch");
                return new KeyWrite(key, put.Value, conditions) { TtlMillis = put.TtlMillis, Index = index };
            }

            if (op.ValueEquals("delete"u8))
            {
                PutItem.RequireKnown(item, index, "op", "key", "ifMatch", "ifNoneMatch");
                return new KeyWrite(key, null, conditions) { Index = index };
            }
        }

        throw new ProblemException(400, "\"op\" is put or delete") { Index = index };
    }

    private static StringValues Header(JsonElement item, string name, int index)
    {
        if (!item.TryGetProperty(name, out JsonElement value))
        {
            return StringValues.Empty;
        }

        return JsonReply.TryReadText(value) is { Length: > 0 } text
            ? new StringValues(text)
            : throw new ProblemException(400, $"\"{name}\" is what the header would be: * or versions in quotes") { Index = index };
    }

    private static async Task WriteAsync(ApiCall call, List<KeyWrite> writes, bool[] existed)
    {
        call.Http.Response.ContentType = ApiHeaders.Json;
        await using var json = new ChunkedJson(call.Http.Response, call.Cancel);
        json.Writer.WriteStartObject();
        json.Writer.WriteNumber("lsn"u8, call.Client.Lsn);
        json.Writer.WriteStartArray("items"u8);
        for (int i = 0; i < writes.Count; i++)
        {
            json.Writer.WriteStartObject();
            json.Writer.WritePropertyName("key"u8);
            JsonReply.WriteBytes(json.Writer, writes[i].Key.Span);
            if (writes[i].Value is { } value)
            {
                json.Writer.WriteBoolean("created"u8, !existed[i]);
                json.Writer.WriteString("version"u8, value.Version);
            }
            else
            {
                json.Writer.WriteBoolean("deleted"u8, existed[i]);
            }

            json.Writer.WriteEndObject();
            await json.FlushIfLargeAsync().ConfigureAwait(false);
        }

        json.Writer.WriteEndArray();
        json.Writer.WriteEndObject();
    }
}
