using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace RespKv.Http.OpenApi;

/// <summary><c>GET /openapi/v1.json</c>: what there is, for clients that are made from it. Told to everybody; it says nothing of the data.</summary>
internal static class ApiDescription
{
    private const string Name = "v1";

    public static void AddServices(IServiceCollection services) => services.AddOpenApi(Name, static options => options.AddDocumentTransformer(static (document, _, _) =>
    {
        Fill(document);
        return Task.CompletedTask;
    }));

    public static void Map(IEndpointRouteBuilder routes) => routes.MapOpenApi();

    private static void Fill(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "RespKv",
            Version = Name,
            Description = "What is answered with success is durable, as over the Redis protocol. Bytes that are no UTF-8 are {\"base64\":\"...\"} wherever a JSON string "
                + "stands. A response to a write carries its LSN in the header RespKv-Lsn.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components = new OpenApiComponents
        {
            Schemas = Schemas.All(document),
            SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["basic"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic", Description = "A user of the ACL and its password." },
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A password (of the default user), or user:password." },
            },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement(),
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("basic", document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
        ];
        document.Paths = [];
        var operations = new OperationList(document);
        KeyOperations.Add(operations);
        ServerOperations.Add(operations);
    }
}
