using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using RespKv.Engine.Sessions;
using RespKv.Http.Clients;
using RespKv.Protocol;

namespace RespKv.Http.Api;

/// <summary><c>POST /v1/command</c>: any command as a JSON array, with a typed reply; or several as one transaction.</summary>
internal static class CommandEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/command", ApiCall.Handler(RunAsync));

    private static async Task RunAsync(ApiCall call)
    {
        JsonBody.RequireJson(call.Http.Request);
        using RequestBody body = await call.ReadBodyAsync(call.Engine.Config.HttpMaxJsonBytes).ConfigureAwait(false);
        using JsonDocument json = JsonReply.Parse(body.Bytes);
        if (json.RootElement.ValueKind == JsonValueKind.Array)
        {
            ReadOnlyMemory<byte>[] command = Read(call, json.RootElement, inBlock: false, index: null);
            RespValue reply = ProblemException.ThrowIfError(await call.Client.ExecuteAsync(call.Cancel, command).ConfigureAwait(false));
            await WriteAsync(call, "reply", reply).ConfigureAwait(false);
            return;
        }

        await WriteAsync(call, "replies", await RunBlockAsync(call, ReadBlock(call, json.RootElement)).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static List<IReadOnlyList<ReadOnlyMemory<byte>>> ReadBlock(ApiCall call, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() != 1 || !root.TryGetProperty("commands"u8, out JsonElement commands)
            || commands.ValueKind != JsonValueKind.Array)
        {
            throw ProblemException.BadRequest("""the body is a command, ["GET","key"], or {"commands":[["SET","a","1"],["INCR","b"]]}""");
        }

        int count = commands.GetArrayLength();
        if (count is 0 or > HttpLimits.CommandsMax)
        {
            throw ProblemException.BadRequest($"a request has 1 to {HttpLimits.CommandsMax} commands");
        }

        var block = new List<IReadOnlyList<ReadOnlyMemory<byte>>>(count + 2) { Command.Of("MULTI"u8) };
        foreach (JsonElement each in commands.EnumerateArray())
        {
            block.Add(Read(call, each, inBlock: true, block.Count - 1));
        }

        block.Add(Command.Of("EXEC"u8));
        return block;
    }

    /// <summary>The reply of EXEC. What a command was refused with is the problem of all: none was executed.</summary>
    private static async Task<RespValue> RunBlockAsync(ApiCall call, List<IReadOnlyList<ReadOnlyMemory<byte>>> block)
    {
        IReadOnlyList<RespValue> replies = await call.Client.ExecuteAsync(block, call.Cancel).ConfigureAwait(false);
        for (int i = 0; i < replies.Count; i++)
        {
            if (replies[i].IsError)
            {
                throw ProblemException.Of(replies[i], i > 0 && i < replies.Count - 1 ? i - 1 : null);
            }
        }

        return replies[^1];
    }

    private static ReadOnlyMemory<byte>[] Read(ApiCall call, JsonElement element, bool inBlock, int? index)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
        {
            throw new ProblemException(400, "a command is an array that begins with its name", null) { Index = index };
        }

        var command = new ReadOnlyMemory<byte>[element.GetArrayLength()];
        int at = 0;
        foreach (JsonElement each in element.EnumerateArray())
        {
            if (!JsonReply.TryReadBytes(each, out command[at]))
            {
                throw new ProblemException(400, $"element {at} of the command is no string, no number and no {{\"base64\":\"...\"}}", null) { Index = index };
            }

            at++;
        }

        LocalCommand? found = LocalClient.Describe(call.Engine, command[0].Span);
        if (found is { } known && RefusedCommands.Because(known.Name, command.Length > 1 ? Encoding.Latin1.GetString(command[1].Span) : "") is { } because)
        {
            throw new ProblemException(400, because, "REFUSED") { Index = index };
        }

        if (found is { MayWait: true } && !inBlock)
        {
            call.StartWaiting();
        }

        return command;
    }

    private static async Task WriteAsync(ApiCall call, string name, RespValue reply)
    {
        call.Http.Response.ContentType = ApiHeaders.Json;
        await using var json = new ChunkedJson(call.Http.Response, call.Cancel);
        json.Writer.WriteStartObject();
        json.Writer.WritePropertyName(name);
        if (reply.Kind is RespKind.Array or RespKind.Set)
        {
            json.Writer.WriteStartArray();
            foreach (RespValue item in reply.Items)
            {
                JsonReply.Write(json.Writer, item);
                await json.FlushIfLargeAsync().ConfigureAwait(false);
            }

            json.Writer.WriteEndArray();
        }
        else
        {
            JsonReply.Write(json.Writer, reply);
        }

        json.Writer.WriteEndObject();
    }
}
