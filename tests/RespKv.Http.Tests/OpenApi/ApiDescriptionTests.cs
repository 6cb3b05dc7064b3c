using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using RespKv.Engine.Configuration;
using RespKv.Http.Console;
using RespKv.Http.OpenApi;

namespace RespKv.Http.Tests.OpenApi;

public sealed class ApiDescriptionTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    private static readonly string[] ReadMethods = ["GET", "HEAD"];

    [Fact]
    public async Task Document_IsReadByALibrary_WithoutAComplaint()
    {
        (OpenApiDocument document, OpenApiDiagnostic diagnostic) = await ReadAsync();

        Assert.Empty(diagnostic.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal("RespKv", document.Info.Title);
        Assert.Equal(["basic", "bearer"], document.Components!.SecuritySchemes!.Keys.Order());
    }

    [Fact]
    public async Task Document_HasEveryRoute_AndNoOther()
    {
        (OpenApiDocument document, _) = await ReadAsync();
        IEnumerable<string> described = document.Paths.SelectMany(path => path.Value.Operations!.Keys.Select(method => $"{method} {path.Key}"));

        Assert.Equal(Routes().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Operation_SaysWhatItTakesAndWhatItAnswers()
    {
        (OpenApiDocument document, _) = await ReadAsync();
        foreach ((string path, IOpenApiPathItem item) in document.Paths)
        {
            foreach ((HttpMethod method, OpenApiOperation operation) in item.Operations!)
            {
                Assert.False(string.IsNullOrEmpty(operation.Summary), path);
                Assert.Contains(operation.Responses!.Keys, static status => status.StartsWith('2'));
                Assert.Equal(method == HttpMethod.Post || method == HttpMethod.Put, operation.RequestBody is not null);
                Assert.Equal(path.Contains("{key}", StringComparison.Ordinal), operation.Parameters?.Any(static each => each.In == ParameterLocation.Path) == true);
            }
        }
    }

    /// <summary>What the server maps, but the console's files and the document itself.</summary>
    private static IEnumerable<string> Routes()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        ApiDescription.AddServices(builder.Services);
        WebApplication application = builder.Build();
        HttpDoor.Map(application, ServerConfig.With());
        HashSet<string> files = [.. ConsoleFile.ReadAll().Select(static file => file.Path)];
        return ((IEndpointRouteBuilder)application).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(each => !files.Contains(each.RoutePattern.RawText!) && !each.RoutePattern.RawText!.StartsWith("/openapi/", StringComparison.Ordinal))
            .SelectMany(each => (each.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ReadMethods).Select(method => $"{method} {each.RoutePattern.RawText}"));
    }

    private async Task<(OpenApiDocument Document, OpenApiDiagnostic Diagnostic)> ReadAsync()
    {
        string text = await http.GetJsonAsync("/openapi/v1.json");
        ReadResult read = OpenApiDocument.Parse(text, "json");
        return (read.Document!, read.Diagnostic!);
    }
}
