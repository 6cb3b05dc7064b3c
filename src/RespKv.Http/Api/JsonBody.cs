using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace RespKv.Http.Api;

/// <summary>Whether a body is JSON, and whether a client wants some.</summary>
internal static class JsonBody
{
    /// <summary>The body says that it is JSON. A web form cannot say that, so no page of another site can send one without being asked (CORS).</summary>
    public static bool IsJson(HttpRequest request)
        => MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) && type.MediaType.Equals(ApiHeaders.Json, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ProblemException">It does not.</exception>
    public static void RequireJson(HttpRequest request)
    {
        if (!IsJson(request))
        {
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "the request needs Content-Type: application/json");
        }
    }

    /// <summary>JSON is named in Accept, and nothing says that plain bytes are preferred.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out IList<MediaTypeHeaderValue>? accepted))
        {
            return false;
        }

        return Quality(accepted, ApiHeaders.Json) is var json && json > 0 && json >= Quality(accepted, ApiHeaders.Bytes);
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type)
        => accepted.Where(each => each.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(static each => each.Quality ?? 1).DefaultIfEmpty(0).Max();
}
