using Microsoft.OpenApi;
using RespKv.Http.Api;

namespace RespKv.Http.OpenApi;

/// <summary>Adds operations to a document.</summary>
internal sealed class OperationList(OpenApiDocument document)
{
    private static readonly (string Status, string Description)[] Problems =
    [
        ("400", "The request is wrong; a command's own error."),
        ("401", "A password is needed, or wrong."),
        ("403", "The user may not do that; or the request is refused for where it comes from."),
        ("413", "The body or the reply is too large."),
        ("429", "Too many requests or wrong passwords of one address."),
        ("500", "Something could not be read."),
        ("503", "Loading, busy, full or stopping."),
        ("504", "It took longer than http-timeout."),
        ("507", "Out of memory."),
    ];

    public OpenApiSchemaReference Schema(string name) => new(name, document);

    /// <summary>An operation whose problems are those that all have, besides its own.</summary>
    public OpenApiOperation Add(HttpMethod method, string path, string id, string tag, string summary)
    {
        var operation = new OpenApiOperation { OperationId = id, Summary = summary, Parameters = [], Responses = [] };
        if (!document.Paths.TryGetValue(path, out IOpenApiPathItem? item))
        {
            item = new OpenApiPathItem();
            document.Paths.Add(path, item);
        }

        ((OpenApiPathItem)item).AddOperation(method, operation);
        document.Tags ??= new HashSet<OpenApiTag>();
        if (document.Tags.All(each => each.Name != tag))
        {
            document.Tags.Add(new OpenApiTag { Name = tag });
        }

        operation.Tags = new HashSet<OpenApiTagReference> { new(tag, document) };
        return operation;
    }

    public void AddProblems(OpenApiOperation operation, params (string Status, string Description)[] own)
    {
        foreach ((string status, string description) in own.Concat(Problems))
        {
            operation.Responses!.Add(status, new OpenApiResponse { Description = description, Content = Content(ApiHeaders.Problem, Schema(Schemas.Problem)) });
        }
    }

    public static void AddQuery(OpenApiOperation operation, string name, OpenApiSchema schema, string description)
        => operation.Parameters!.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = schema, Description = description });

    public static void AddHeader(OpenApiOperation operation, string name, string description)
        => operation.Parameters!.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Header, Schema = Schemas.Text(), Description = description });

    public static void AddDatabase(OpenApiOperation operation) => AddQuery(operation, "db", Schemas.Integer(), "The database; 0 when it is not there.");

    public static OpenApiResponse Response(string description, Dictionary<string, OpenApiMediaType>? content = null, params (string Name, string Description)[] headers) => new()
    {
        Description = description,
        Content = content,
        Headers = headers.ToDictionary(static each => each.Name, static each => (IOpenApiHeader)new OpenApiHeader { Description = each.Description, Schema = Schemas.Text() }),
    };

    public static Dictionary<string, OpenApiMediaType> Content(string type, IOpenApiSchema schema) => new() { [type] = new OpenApiMediaType { Schema = schema } };
}
