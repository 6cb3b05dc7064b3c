using Microsoft.OpenApi;
using RespKv.Http.Api;

namespace RespKv.Http.OpenApi;

/// <summary>Commands, keys, ranges and batches.</summary>
internal static class KeyOperations
{
    private const string Tag = "data";
    private const string KeyPath = "/v1/kv/{key}";

    private static readonly (string, string) Lsn = (ApiHeaders.Lsn, "LSN of what was written.");
    private static readonly (string, string) Version = ("ETag", "The key's version: a digest of its type and content.");
    private static readonly (string, string) Unmet = ("412", "A condition does not hold; nothing was written.");
    private static readonly (string, string) WrongType = ("409", "The value is of another type; or somebody else was faster each time.");
    private static readonly (string, string) NoJson = ("415", "The body does not say that it is JSON.");

    public static void Add(OperationList list)
    {
        AddCommand(list);
        AddRange(list);
        AddBatch(list);
        AddRead(list, HttpMethod.Get, "getKey", "The value of a key: its bytes, or JSON.");
        AddRead(list, HttpMethod.Head, "headKey", "As GET, without the value.");
        AddPut(list);
        AddDelete(list);
    }

    private static void AddCommand(OperationList list)
    {
        OpenApiOperation operation = list.Add(HttpMethod.Post, "/v1/command", "command", Tag, "Any command, with a typed reply; or several as one transaction.");
        OperationList.AddDatabase(operation);
        operation.RequestBody = Body(Schemas.Either(
            null, list.Schema(Schemas.Command), Schemas.Object(null, ["commands"], ("commands", Schemas.Array(list.Schema(Schemas.Command))))));
        operation.Responses!.Add("200", OperationList.Response("The reply, or the replies.", OperationList.Content(ApiHeaders.Json, Schemas.Either(
            null,
            Schemas.Object(null, ["reply"], ("reply", list.Schema(Schemas.Reply))),
            Schemas.Object(null, ["replies"], ("replies", Schemas.Array(list.Schema(Schemas.Reply)))))), Lsn));
        list.AddProblems(operation, WrongType, NoJson);
    }

    private static void AddRange(OperationList list)
    {
        OpenApiOperation operation = list.Add(HttpMethod.Get, "/v1/kv", "range", Tag, "Keys in the order of their bytes, page by page.");
        OperationList.AddDatabase(operation);
        OperationList.AddQuery(operation, "prefix", Schemas.Text(), "What the keys begin with; percent-encoded, any bytes.");
        OperationList.AddQuery(operation, "start", Schemas.Text(), "The lowest key.");
        OperationList.AddQuery(operation, "end", Schemas.Text(), "The key behind the highest one.");
        OperationList.AddQuery(operation, "limit", Schemas.Integer(), "Keys of a page: 1 to 5000, 100 when it is not there. A page may have fewer, even none, and not be the last.");
        OperationList.AddQuery(operation, "cursor", Schemas.Text(), "The cursor of the page before; the other parameters stay as they were.");
        OperationList.AddQuery(operation, "reverse", Schemas.Flag(), "From the highest key to the lowest.");
        OperationList.AddQuery(operation, "values", Schemas.Flag(), "With the values of strings.");
        operation.Responses!.Add("200", OperationList.Response("A page.", OperationList.Content(ApiHeaders.Json, list.Schema(Schemas.Page))));
        list.AddProblems(operation);
    }

    private static void AddBatch(OperationList list)
    {
        OpenApiOperation operation = list.Add(HttpMethod.Post, "/v1/kv:batch", "batch", Tag, "Puts and deletions: all or none, one LSN.");
        OperationList.AddDatabase(operation);
        operation.RequestBody = Body(list.Schema(Schemas.Batch));
        operation.Responses!.Add("200", OperationList.Response("What became of each.", OperationList.Content(ApiHeaders.Json, list.Schema(Schemas.BatchResult)), Lsn));
        list.AddProblems(operation, WrongType, Unmet, NoJson);
    }

    private static void AddRead(OperationList list, HttpMethod method, string id, string summary)
    {
        OpenApiOperation operation = list.Add(method, KeyPath, id, Tag, summary);
        AddKey(operation);
        AddConditions(operation);
        OperationList.AddHeader(operation, "Accept", "application/json for the key as JSON, which every type can be; otherwise a string's bytes.");
        Dictionary<string, OpenApiMediaType>? content = method == HttpMethod.Head ? null : new()
        {
            [ApiHeaders.Bytes] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            [ApiHeaders.Json] = new OpenApiMediaType { Schema = list.Schema(Schemas.Entry) },
        };
        operation.Responses!.Add("200", OperationList.Response("The value.", content, Version));
        operation.Responses.Add("304", OperationList.Response("The version is one of If-None-Match.", null, Version));
        list.AddProblems(operation, ("404", "There is no such key."), WrongType, Unmet);
    }

    private static void AddPut(OperationList list)
    {
        OpenApiOperation operation = list.Add(HttpMethod.Put, KeyPath, "putKey", Tag, "Writes a key, whatever it held before.");
        AddKey(operation);
        AddConditions(operation);
        OperationList.AddQuery(operation, "ttl", Schemas.Integer(), "Milliseconds until it expires.");
        OperationList.AddQuery(operation, "nx", Schemas.Flag(), "Only if the key is not there.");
        OperationList.AddQuery(operation, "xx", Schemas.Flag(), "Only if the key is there.");
        OperationList.AddQuery(operation, "keepttl", Schemas.Flag(), "What is left of the old value's time to live stays.");
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "application/json is a value with its type; anything else is the bytes of a string.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ApiHeaders.Bytes] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                [ApiHeaders.Json] = new() { Schema = list.Schema(Schemas.NewEntry) },
            },
        };
        operation.Responses!.Add("201", OperationList.Response("The key is new.", null, Version, Lsn));
        operation.Responses.Add("204", OperationList.Response("The key was there.", null, Version, Lsn));
        list.AddProblems(operation, WrongType, Unmet);
    }

    private static void AddDelete(OperationList list)
    {
        OpenApiOperation operation = list.Add(HttpMethod.Delete, KeyPath, "deleteKey", Tag, "Deletes a key.");
        AddKey(operation);
        AddConditions(operation);
        operation.Responses!.Add("204", OperationList.Response("It was there.", null, Lsn));
        list.AddProblems(operation, ("404", "There is no such key."), WrongType, Unmet);
    }

    private static void AddKey(OpenApiOperation operation)
    {
        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = "key",
            In = ParameterLocation.Path,
            Required = true,
            Schema = Schemas.Text(),
            Description = "Percent-encoded, any bytes but NUL; may be empty.",
        });
        OperationList.AddQuery(operation, "encoding", Schemas.Text(), "base64url: the key in the path is that, which takes NUL, . and .., too.");
        OperationList.AddDatabase(operation);
    }

    private static void AddConditions(OpenApiOperation operation)
    {
        OperationList.AddHeader(operation, "If-Match", "Versions of which one has to be there, or *.");
        OperationList.AddHeader(operation, "If-None-Match", "Versions of which none may be there, or *.");
    }

    private static OpenApiRequestBody Body(IOpenApiSchema schema) => new() { Required = true, Content = OperationList.Content(ApiHeaders.Json, schema) };
}
