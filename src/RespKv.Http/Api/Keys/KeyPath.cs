using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RespKv.Http.Api.Keys;

/// <summary>
/// The key in <c>/v1/kv/{key}</c>, as it was sent: the framework's decoding leaves %2F alone, takes bytes that are no UTF-8 for text and removes <c>..</c>.
/// What cannot stand in a path (%00; and <c>.</c> and <c>..</c>, which most clients remove) can be sent as base64url with <c>?encoding=base64url</c>.
/// </summary>
internal static class KeyPath
{
    public const string Prefix = "/v1/kv/";

    public const string EncodingParameter = "encoding";

    /// <summary>A path for routing, when the request is about a key, whatever that is: the framework takes <c>..</c> in it for a step up and drops an empty one.</summary>
    private const string AnyKey = Prefix + "-";

    /// <summary>Comes before anything looks at the path: what a request is about is decided once.</summary>
    public static void Settle(HttpContext http)
    {
        if (PathOf(http).StartsWith(Prefix, StringComparison.Ordinal))
        {
            http.Request.Path = AnyKey;
        }
    }

    /// <exception cref="ProblemException">It is malformed.</exception>
    public static byte[] Read(ApiCall call)
    {
        ReadOnlySpan<char> path = PathOf(call.Http);
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw ProblemException.BadRequest("only the key of /v1/kv/{key} may be percent-encoded");
        }

        if (!PercentCoding.TryDecode(path[Prefix.Length..], plusIsBlank: false, out byte[] key))
        {
            throw ProblemException.BadRequest("the key is not percent-encoded as it should be");
        }

        return call.Query.Text(EncodingParameter) switch
        {
            null => key,
            "base64url" when PercentCoding.TryDecodeBase64Url(key, out byte[] decoded) => decoded,
            "base64url" => throw ProblemException.BadRequest("the key is no base64url"),
            _ => throw ProblemException.BadRequest("the parameter 'encoding' is base64url, or not there"),
        };
    }

    /// <summary>For messages.</summary>
    public static string Shown(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key);

    /// <summary>The request's target without its query; of an absolute one what is behind the host (RFC 9112, section 3.2).</summary>
    private static ReadOnlySpan<char> PathOf(HttpContext http)
    {
        ReadOnlySpan<char> target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.Length > 0 && target[0] != '/' && target.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0)
        {
            target = target[(scheme + 3)..];
            int slash = target.IndexOf('/');
            target = slash < 0 ? [] : target[slash..];
        }

        int query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }
}
