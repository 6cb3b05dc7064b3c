using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RespKv.Http.Clients;
using RespKv.Protocol;

namespace RespKv.Http.Api.Keys;

/// <summary><c>GET, HEAD, PUT, DELETE /v1/kv/{key}</c>.</summary>
internal static class KeyEndpoints
{
    /// <summary>Attempts to read a key whose type is changed by somebody else each time.</summary>
    private const int ReadAttempts = 4;

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string Path = KeyPath.Prefix + "{key}";
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], ApiCall.Handler(GetAsync, KeyPath.EncodingParameter));
        routes.MapPut(Path, ApiCall.Handler(PutAsync, KeyPath.EncodingParameter, "ttl", "nx", "xx", "keepttl"));
        routes.MapDelete(Path, ApiCall.Handler(DeleteAsync, KeyPath.EncodingParameter));
    }

    private static async Task GetAsync(ApiCall call)
    {
        byte[] key = KeyPath.Read(call);
        call.Http.Response.Headers.Vary = "Accept";
        StoredType type;
        RespValue content;
        long ttlMillis = -1;
        bool asJson = JsonBody.IsWanted(call.Http.Request);
        if (asJson)
        {
            if (await ReadAsync(call, key).ConfigureAwait(false) is not { } read)
            {
                throw NotFound();
            }

            (type, content, ttlMillis) = read;
        }
        else
        {
            type = StoredType.String;
            content = await call.Client.ExecuteAsync(call.Cancel, type.Read(key)).ConfigureAwait(false);
            if (content.IsError && content.Text.StartsWith("WRONGTYPE", StringComparison.Ordinal))
            {
                throw new ProblemException(StatusCodes.Status409Conflict, "WRONGTYPE The value is no string: ask for it with Accept: application/json", "WRONGTYPE");
            }

            if (ProblemException.ThrowIfError(content).IsNull)
            {
                throw NotFound();
            }
        }

        if (IsDone(call, type.Version(content)))
        {
            return;
        }

        if (asJson)
        {
            await WriteJsonAsync(call, key, type, content, ttlMillis).ConfigureAwait(false);
        }
        else
        {
            await WriteBytesAsync(call.Http, content.Bytes, call.Cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Tells the version, and whether that is all (304).</summary>
    private static bool IsDone(ApiCall call, string version)
    {
        HttpRequest request = call.Http.Request;
        var conditions = Conditions.Parse(request.Headers.IfMatch, request.Headers.IfNoneMatch, mustExist: false, mustNotExist: false);
        if (!conditions.Matches(version))
        {
            throw Conditions.Failed($"the key has the version \"{version}\"");
        }

        call.Http.Response.Headers.ETag = $"\"{version}\"";
        if (!conditions.NoneMatches(version))
        {
            call.Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        return false;
    }

    /// <summary>Type, content and time to live of one moment. Null: there is no such key.</summary>
    private static async Task<(StoredType Type, RespValue Content, long TtlMillis)?> ReadAsync(ApiCall call, byte[] key)
    {
        ReadOnlyMemory<byte>[] askType = Command.Of("TYPE"u8, key);
        string name = ProblemException.ThrowIfError(await call.Client.ExecuteAsync(call.Cancel, askType).ConfigureAwait(false)).Text;
        for (int attempt = 0; attempt < ReadAttempts && name != "none"; attempt++)
        {
            StoredType type = StoredType.Find(name) ?? throw new ProblemException(StatusCodes.Status409Conflict, $"a {name} cannot be told as JSON: use POST /v1/command", "WRONGTYPE");
            IReadOnlyList<RespValue> seen = await call.Client.ExecuteAsync([askType, type.Read(key), Command.Of("PTTL"u8, key)], call.Cancel).ConfigureAwait(false);
            string now = ProblemException.ThrowIfError(seen[0]).Text;
            if (now == name)
            {
                return (type, ProblemException.ThrowIfError(seen[1]), ProblemException.ThrowIfError(seen[2]).Integer);
            }

            name = now;
        }

        return name == "none" ? null : throw new ProblemException(StatusCodes.Status409Conflict, "the key's type changes all the time", "BUSY") { RetryAfterSeconds = 1 };
    }

    private static async Task WriteBytesAsync(HttpContext http, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        http.Response.ContentType = ApiHeaders.Bytes;
        http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(bytes, cancel).ConfigureAwait(false);
        }
    }

    private static async Task WriteJsonAsync(ApiCall call, byte[] key, StoredType type, RespValue content, long ttlMillis)
    {
        call.Http.Response.ContentType = ApiHeaders.Json;
        if (HttpMethods.IsHead(call.Http.Request.Method))
        {
            return;
        }

        await using var json = new ChunkedJson(call.Http.Response, call.Cancel);
        json.Writer.WriteStartObject();
        json.Writer.WritePropertyName("key"u8);
        JsonReply.WriteBytes(json.Writer, key);
        json.Writer.WriteString("type"u8, type.Name);
        json.Writer.WritePropertyName("value"u8);
        await type.WriteAsync(json, content).ConfigureAwait(false);
        WriteTtl(json.Writer, ttlMillis);
        json.Writer.WriteEndObject();
    }

    /// <summary>Milliseconds, or null for a key that stays.</summary>
    internal static void WriteTtl(Utf8JsonWriter json, long ttlMillis)
    {
        if (ttlMillis >= 0)
        {
            json.WriteNumber("ttl"u8, ttlMillis);
        }
        else
        {
            json.WriteNull("ttl"u8);
        }
    }

    private static async Task PutAsync(ApiCall call)
    {
        byte[] key = KeyPath.Read(call);
        HttpRequest request = call.Http.Request;
        var conditions = Conditions.Parse(request.Headers.IfMatch, request.Headers.IfNoneMatch, call.Query.Flag("xx"), call.Query.Flag("nx"));
        long? ttlMillis = call.Query.Integer("ttl", 1, KeyWrite.TtlMillisMax);
        bool keepsTtl = call.Query.Flag("keepttl");
        if (JsonBody.IsJson(request))
        {
            using RequestBody body = await call.ReadBodyAsync(call.Engine.Config.HttpMaxJsonBytes).ConfigureAwait(false);
            using JsonDocument json = JsonReply.Parse(body.Bytes);
            PutItem item = PutItem.Parse(json.RootElement, null, "value", "type", "ttl");
            await PutAsync(call, new KeyWrite(key, item.Value, conditions) { TtlMillis = item.TtlMillis ?? ttlMillis, KeepsTtl = keepsTtl }).ConfigureAwait(false);
            return;
        }

        using RequestBody raw = await call.ReadBodyAsync(call.Engine.Config.ProtoMaxBulkBytes).ConfigureAwait(false);
        await PutAsync(call, new KeyWrite(key, NewValue.OfBytes(raw.Bytes), conditions) { TtlMillis = ttlMillis, KeepsTtl = keepsTtl }).ConfigureAwait(false);
    }

    private static async Task PutAsync(ApiCall call, KeyWrite write)
    {
        if (write is { KeepsTtl: true, TtlMillis: not null })
        {
            throw ProblemException.BadRequest("ttl and keepttl contradict each other");
        }

        bool[] existed = await KeyWriter.ExecuteAsync(call, [write]).ConfigureAwait(false);
        call.Http.Response.Headers.ETag = $"\"{write.Value!.Version}\"";
        call.Http.Response.StatusCode = existed[0] ? StatusCodes.Status204NoContent : StatusCodes.Status201Created;
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        byte[] key = KeyPath.Read(call);
        HttpRequest request = call.Http.Request;
        var conditions = Conditions.Parse(request.Headers.IfMatch, request.Headers.IfNoneMatch, mustExist: false, mustNotExist: false);
        bool[] existed = await KeyWriter.ExecuteAsync(call, [new KeyWrite(key, null, conditions)]).ConfigureAwait(false);
        call.Http.Response.StatusCode = existed[0] ? StatusCodes.Status204NoContent : throw NotFound();
    }

    private static ProblemException NotFound() => new(StatusCodes.Status404NotFound, "there is no such key");
}
