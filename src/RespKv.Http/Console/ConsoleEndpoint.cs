using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace RespKv.Http.Console;

/// <summary>
/// The web console at <c>/</c>: files of this assembly and nothing else, each at its own path, for everybody who may connect. What they show comes
/// from the API, which asks for the login.
/// </summary>
internal static class ConsoleEndpoint
{
    /// <summary>
    /// Scripts, styles, pictures and requests of this server only; nothing inline, no frames, no forms that leave the page, and no text that becomes markup.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (ConsoleFile file in ConsoleFile.ReadAll())
        {
            routes.MapMethods(file.Path, ReadMethods, http => SendAsync(http, file));
        }
    }

    private static async Task SendAsync(HttpContext http, ConsoleFile file)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ETag = file.ETag;
        headers.CacheControl = file.IsHashed ? "public, max-age=31536000, immutable" : "no-cache";
        if (http.Request.Headers.IfNoneMatch.Any(given => given is not null && Matches(given, file.ETag)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = file.ContentType;
        http.Response.ContentLength = file.Content.Length;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(file.Content, http.RequestAborted).ConfigureAwait(false);
        }
    }

    private static bool Matches(string header, string etag)
        => EntityTagHeaderValue.TryParseList([header], out IList<EntityTagHeaderValue>? tags)
            && tags.Any(tag => tag.Tag == "*" || tag.Tag == etag);
}
