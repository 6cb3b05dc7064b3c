using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using RespKv.Engine;
using RespKv.Http.Api;
using RespKv.Http.Clients;

namespace RespKv.Http.Security;

/// <summary>
/// Requests that no client of ours sends: under a name that is not the server's (DNS rebinding), from another site's page (CSRF), or from another
/// machine while nobody needs a password (protected-mode).
/// </summary>
internal sealed class RequestFilter(RespEngine engine)
{
    private const string ApiPath = "/v1";
    private const string HealthPath = "/health";

    private readonly HashSet<string> _origins = new(engine.Config.HttpCorsOrigins.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        SetHeaders(http.Response.Headers);
        if (http.Request.Path.StartsWithSegments(HealthPath, StringComparison.Ordinal))
        {
            // Load balancers ask by any name, from anywhere; they are told nothing but one word.
            return next(http);
        }

        if (!IsExpectedHost(http.Request.Host))
        {
            return Problems.WriteAsync(http, StatusCodes.Status403Forbidden, "the request names a host that is not in http-hosts", "DENIED");
        }

        if (IsCrossSite(http.Request))
        {
            return Problems.WriteAsync(http, StatusCodes.Status403Forbidden, "the request comes from a page of another origin, which is not in http-cors-origins", "DENIED");
        }

        if (http.Features.Get<ConnectionClients>() is { IsLocal: false } remote && engine.IsProtectedFrom(remote.RemoteAddress))
        {
            return Problems.WriteAsync(
                http, StatusCodes.Status403Forbidden, "protected-mode is on and the default user has no password: other machines are not let in", "DENIED");
        }

        return next(http);
    }

    /// <summary>Nothing of this door is for other sites, frames, caches or for guessing its type. The console has its own on top.</summary>
    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>An address cannot be rebound, localhost neither; other names have to be known.</summary>
    private bool IsExpectedHost(HostString host)
    {
        string name = host.Host;
        if (name.Length == 0 || name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(name, out _))
        {
            return true;
        }

        foreach (Range part in engine.Config.HttpHosts.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> known = engine.Config.HttpHosts.AsSpan()[part];
            if (known is "*" || known.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Browsers say where a request comes from, in Origin or at least in Sec-Fetch-Site; other clients send neither.</summary>
    private bool IsCrossSite(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin))
        {
            return !_origins.Contains(origin) && !IsOwnOrigin(origin, request.Host);
        }

        StringValues site = request.Headers["Sec-Fetch-Site"];
        if (StringValues.IsNullOrEmpty(site) || site == "same-origin" || site == "none")
        {
            return false;
        }

        // A link to the console may stand anywhere.
        return !(HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate" && !request.Path.StartsWithSegments(ApiPath, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The page was loaded from where it sends its request to. A proxy may have added the encryption, so the scheme says nothing.</summary>
    private static bool IsOwnOrigin(string origin, HostString host)
        => Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && uri.Authority.Length > 0 && new HostString(uri.Authority).Equals(host);
}
