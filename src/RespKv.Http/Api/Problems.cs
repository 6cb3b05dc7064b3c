using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace RespKv.Http.Api;

/// <summary>Writes problems: <c>{"type","title","status","detail","code"?,"index"?}</c>.</summary>
internal static class Problems
{
    public static Task WriteAsync(HttpContext http, int status, string detail, string? code = null)
        => WriteAsync(http, new ProblemException(status, detail, code));

    public static async Task WriteAsync(HttpContext http, ProblemException problem)
    {
        HttpResponse response = http.Response;
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (response.HasStarted)
        {
            http.Abort();
            return;
        }

        response.StatusCode = problem.Status;
        response.ContentType = ApiHeaders.Problem;
        response.Headers.ETag = default;
        response.ContentLength = null;
        if (problem.RetryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = problem.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Challenges)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"respkv\", charset=\"UTF-8\", Bearer realm=\"respkv\"";
        }

        await using var json = new Utf8JsonWriter(response.BodyWriter, JsonReply.WriterOptions);
        json.WriteStartObject();
        json.WriteString("type"u8, "about:blank"u8);
        json.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(problem.Status));
        json.WriteNumber("status"u8, problem.Status);
        json.WriteString("detail"u8, problem.Message);
        if (problem.Code is { } code)
        {
            json.WriteString("code"u8, code);
        }

        if (problem.Index is { } index)
        {
            json.WriteNumber("index"u8, index);
        }

        json.WriteEndObject();
    }
}
