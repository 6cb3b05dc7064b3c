using System.Buffers.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RespKv.Protocol;

namespace RespKv.Http.Api.Keys;

/// <summary><c>GET /v1/kv</c>: keys in the order of their bytes, page by page; KEYRANGE behind it.</summary>
internal static class RangeEndpoint
{
    private const int LimitDefault = 100;

    /// <summary>As KEYRANGE's.</summary>
    private const int LimitMax = 5000;

    private static readonly string[] Parameters = ["prefix", "start", "end", "limit", "cursor", "reverse", "values"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/kv", ApiCall.Handler(RunAsync, Parameters));

    private static async Task RunAsync(ApiCall call)
    {
        bool reverse = call.Query.Flag("reverse");
        bool values = call.Query.Flag("values");
        long limit = call.Query.Integer("limit", 1, LimitMax) ?? LimitDefault;
        (KeyBound? lower, KeyBound? upper) = Bounds(call.Query, reverse);
        ReadOnlyMemory<byte> start = reverse ? KeyBound.Upper(upper) : KeyBound.Lower(lower);
        ReadOnlyMemory<byte> end = reverse ? KeyBound.Lower(lower) : KeyBound.Upper(upper);
        List<ReadOnlyMemory<byte>> command = [Command.Word("KEYRANGE"u8), start, end, Command.Word("LIMIT"u8), Command.Number(limit)];
        if (reverse)
        {
            command.Add(Command.Word("REV"u8));
        }

        if (values)
        {
            command.Add(Command.Word("WITHVALUES"u8));
        }

        RespValue page = ProblemException.ThrowIfError(await call.Client.ExecuteAsync(call.Cancel, [.. command]).ConfigureAwait(false));
        List<RangeItem> items = [.. page.Items[1].Items.Select(each => values ? new RangeItem(each.Items[0].Bytes, each.Items[1]) : new RangeItem(each.Bytes, null))];
        await DescribeAsync(call, items, values).ConfigureAwait(false);
        await WriteAsync(call, items, page.Items[0].Bytes, reverse, values).ConfigureAwait(false);
    }

    /// <summary>What all parameters leave; the start belongs to it, the end does not.</summary>
    private static (KeyBound? Lower, KeyBound? Upper) Bounds(RawQuery query, bool reverse)
    {
        KeyBound? lower = null;
        KeyBound? upper = null;
        if (query.Bytes("prefix") is { Length: > 0 } prefix)
        {
            lower = new KeyBound(prefix, false);
            upper = KeyBound.BehindPrefix(prefix);
        }

        lower = Max(lower, query.Bytes("start") is { } start ? new KeyBound(start, false) : null);
        upper = Min(upper, query.Bytes("end") is { } end ? new KeyBound(end, false) : null);
        if (query.Bytes("cursor") is { } cursor)
        {
            KeyBound at = (PercentCoding.TryDecodeBase64Url(cursor, out byte[] decoded) ? KeyBound.OfCursor(decoded, reverse) : null)
                ?? throw ProblemException.BadRequest("the parameter 'cursor' is what the last page had as its cursor");
            return reverse ? (lower, Min(upper, at)) : (Max(lower, at), upper);
        }

        return (lower, upper);
    }

    /// <summary>Asks for type and time to live of a page, and for values that became strings since.</summary>
    private static async Task DescribeAsync(ApiCall call, List<RangeItem> items, bool values)
    {
        if (items.Count == 0)
        {
            return;
        }

        IReadOnlyList<RespValue> told = await call.Client.ExecuteAsync(
            [.. items.SelectMany(static each => (IReadOnlyList<ReadOnlyMemory<byte>>[])[Command.Of("TYPE"u8, each.Key), Command.Of("PTTL"u8, each.Key)])], call.Cancel).ConfigureAwait(false);
        for (int i = 0; i < items.Count; i++)
        {
            RespValue type = told[2 * i];
            RespValue ttl = told[(2 * i) + 1];

            // A user who may see names only is shown names only.
            items[i] = items[i] with { Type = type.IsError ? null : type.Text, TtlMillis = ttl.IsError ? -1 : ttl.Integer };
        }

        items.RemoveAll(static each => each.Type == "none" || each.TtlMillis == -2);
        for (int i = 0; values && i < items.Count; i++)
        {
            if (items[i] is { Type: "string", Value.IsNull: true })
            {
                items[i] = items[i] with { Value = await call.Client.ExecuteAsync(call.Cancel, Command.Of("GET"u8, items[i].Key)).ConfigureAwait(false) };
            }
        }
    }

    private static async Task WriteAsync(ApiCall call, List<RangeItem> items, ReadOnlyMemory<byte> cursor, bool reverse, bool values)
    {
        call.Http.Response.ContentType = ApiHeaders.Json;
        await using var json = new ChunkedJson(call.Http.Response, call.Cancel);
        json.Writer.WriteStartObject();
        json.Writer.WriteStartArray("items"u8);
        foreach (RangeItem item in items)
        {
            json.Writer.WriteStartObject();
            json.Writer.WritePropertyName("key"u8);
            JsonReply.WriteBytes(json.Writer, item.Key.Span);
            json.Writer.WriteString("type"u8, item.Type);
            if (values && item is { Type: "string", Value: { IsNull: false, IsError: false } value })
            {
                json.Writer.WritePropertyName("value"u8);
                JsonReply.WriteBytes(json.Writer, value.Bytes.Span);
            }

            KeyEndpoints.WriteTtl(json.Writer, item.TtlMillis);
            json.Writer.WriteEndObject();
            await json.FlushIfLargeAsync().ConfigureAwait(false);
        }

        json.Writer.WriteEndArray();
        if (KeyBound.OfCursor(cursor.Span, reverse) is null)
        {
            json.Writer.WriteNull("cursor"u8);
        }
        else
        {
            json.Writer.WriteString("cursor"u8, Base64Url.EncodeToString(cursor.Span));
        }

        json.Writer.WriteEndObject();
    }

    private static KeyBound? Max(KeyBound? a, KeyBound? b) => a is null || (b is not null && b.CompareTo(a) > 0) ? b : a;

    private static KeyBound? Min(KeyBound? a, KeyBound? b) => a is null || (b is not null && b.CompareTo(a) < 0) ? b : a;

    /// <summary>One key of a page.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Value">Null: not asked for. A null reply: no string.</param>
    private sealed record RangeItem(ReadOnlyMemory<byte> Key, RespValue? Value)
    {
        public string? Type { get; init; }

        public long TtlMillis { get; init; } = -1;
    }
}
