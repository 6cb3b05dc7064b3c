using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace RespKv.Http.OpenApi;

/// <summary>Shapes of JSON that several operations share.</summary>
internal static class Schemas
{
    public const string Problem = "Problem";
    public const string Bytes = "Bytes";
    public const string StoredValue = "StoredValue";
    public const string Reply = "Reply";
    public const string Command = "Command";
    public const string Entry = "Entry";
    public const string NewEntry = "NewEntry";
    public const string Page = "Page";
    public const string Batch = "Batch";
    public const string BatchResult = "BatchResult";

    private static readonly string[] Types = ["string", "hash", "list", "set", "zset"];

    public static Dictionary<string, IOpenApiSchema> All(OpenApiDocument document)
    {
        OpenApiSchemaReference Ref(string name) => new(name, document);
        return new Dictionary<string, IOpenApiSchema>
        {
            [Problem] = Object("A problem (RFC 9457).", required: ["type", "title", "status", "detail"],
                ("type", Text("about:blank")),
                ("title", Text("The status in words.")),
                ("status", Integer("HTTP status.")),
                ("detail", Text("What went wrong; Redis's own text where there is one.")),
                ("code", Text("Redis's error word (ERR, WRONGTYPE, NOPERM ...), or one of ours.")),
                ("index", Integer("Which command or item it is about."))),
            [Bytes] = Either("A string: text, a number (sent as its text), or any bytes as base64.", Text(), new OpenApiSchema { Type = JsonSchemaType.Number }, Base64()),
            [StoredValue] = Either("Of a string: its bytes. Of a hash: an object, or {\"map\":[[field, value]]}. Of a list or set: an array. Of a zset: an array of members.",
                Ref(Bytes),
                Object(null, [], additional: Ref(Bytes)),
                Object(null, ["map"], ("map", Array(Array(Ref(Bytes))))),
                Array(Ref(Bytes)),
                Array(Object(null, ["member", "score"], ("member", Ref(Bytes)), ("score", Score())))),
            [Reply] = new OpenApiSchema
            {
                Description = "A reply of RESP3: string, number, true, false, null, array (also of a set), object (of a map with text keys), {\"map\":[[key, value]]}, "
                    + "{\"base64\":\"...\"}, {\"error\":\"...\"}.",
            },
            [Command] = new OpenApiSchema { Type = JsonSchemaType.Array, MinItems = 1, Items = Ref(Bytes), Description = "Its name and its arguments." },
            [Entry] = Object("A key and what it holds.", ["key", "type", "ttl"],
                ("key", Ref(Bytes)), ("type", TypeName(withAll: true)), ("value", Ref(StoredValue)), ("ttl", Ttl("Milliseconds left; null: it stays."))),
            [NewEntry] = Object("A value that is to be written.", ["value"],
                ("value", Ref(StoredValue)), ("type", TypeName(withAll: false)), ("ttl", Ttl("Milliseconds; null: for ever."))),
            [Page] = Object("Keys in the order of their bytes.", ["items", "cursor"],
                ("items", Array(Ref(Entry))), ("cursor", new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "Of the next page; null: there is none." })),
            [Batch] = Object("Writes that happen together or not at all.", ["items"], ("items", Array(Object(null, ["op", "key"],
                ("op", new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("put"), JsonValue.Create("delete")] }),
                ("key", Ref(Bytes)), ("value", Ref(StoredValue)), ("type", TypeName(withAll: false)), ("ttl", Ttl("Milliseconds.")),
                ("ifMatch", Text("As the header If-Match.")), ("ifNoneMatch", Text("As the header If-None-Match.")))))),
            [BatchResult] = Object("Per item what became of it.", ["lsn", "items"], ("lsn", Integer("0: nothing was changed.")), ("items", Array(Object(null, ["key"],
                ("key", Ref(Bytes)), ("created", Flag()), ("version", Text()), ("deleted", Flag()))))),
        };
    }

    public static OpenApiSchema Text(string? description = null) => new() { Type = JsonSchemaType.String, Description = description };

    public static OpenApiSchema Integer(string? description = null) => new() { Type = JsonSchemaType.Integer, Format = "int64", Description = description };

    public static OpenApiSchema Flag() => new() { Type = JsonSchemaType.Boolean };

    public static OpenApiSchema AnyObject(string? description = null) => new() { Type = JsonSchemaType.Object, Description = description };

    public static OpenApiSchema Array(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    public static OpenApiSchema Either(string? description, params IOpenApiSchema[] schemas) => new() { Description = description, AnyOf = schemas };

    public static OpenApiSchema Object(string? description, string[] required, params (string Name, IOpenApiSchema Schema)[] properties) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Required = required.ToHashSet(),
        Properties = properties.ToDictionary(static each => each.Name, static each => each.Schema),
    };

    private static OpenApiSchema Object(string? description, string[] required, IOpenApiSchema additional)
    {
        OpenApiSchema schema = Object(description, required);
        schema.AdditionalProperties = additional;
        return schema;
    }

    private static OpenApiSchema Base64() => Object(null, ["base64"], ("base64", new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" }));

    private static OpenApiSchema Score() => Either(null, new OpenApiSchema { Type = JsonSchemaType.Number }, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("inf"), JsonValue.Create("-inf")] });

    private static OpenApiSchema Ttl(string description) => new() { Type = JsonSchemaType.Integer | JsonSchemaType.Null, Format = "int64", Description = description };

    private static OpenApiSchema TypeName(bool withAll) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. Types.Select(static each => (JsonNode)JsonValue.Create(each))],
        Description = withAll ? "As TYPE tells it." : "Without it: a string, an object is a hash, an array a list.",
    };
}
