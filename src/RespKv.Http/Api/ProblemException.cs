using Microsoft.AspNetCore.Http;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Http.Api;

/// <summary>The request is answered with a problem (RFC 9457).</summary>
/// <param name="status">HTTP status.</param>
/// <param name="detail">What went wrong, for people; Redis's own text where there is one.</param>
/// <param name="code">Redis's error word, or one of ours; null: the status says all.</param>
internal sealed class ProblemException(int status, string detail, string? code = null) : Exception(detail)
{
    public int Status { get; } = status;

    public string? Code { get; } = code;

    /// <summary>Seconds after which another try makes sense; 0: it does not.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>Tells which credentials are asked for.</summary>
    public bool Challenges { get; init; }

    /// <summary>Which of several commands, items or writes it is about; null: there is only one.</summary>
    public int? Index { get; init; }

    public static ProblemException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);

    /// <summary>The problem that an error of a command is.</summary>
    public static ProblemException Of(RespValue error, int? index = null)
    {
        string text = error.Text;
        int end = text.IndexOf(' ', StringComparison.Ordinal);
        string code = end < 0 ? text : text[..end];
        int status = code switch
        {
            "NOAUTH" or "WRONGPASS" => StatusCodes.Status401Unauthorized,
            "NOPERM" or "DENIED" => StatusCodes.Status403Forbidden,
            "WRONGTYPE" => StatusCodes.Status409Conflict,
            "LOADING" or "MISCONF" or "BUSY" => StatusCodes.Status503ServiceUnavailable,
            "OOM" => StatusCodes.Status507InsufficientStorage,
            "IOERR" => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status400BadRequest,
        };
        return new ProblemException(status, text, code)
        {
            Index = index,
            Challenges = status == StatusCodes.Status401Unauthorized,
            RetryAfterSeconds = status == StatusCodes.Status503ServiceUnavailable ? 1 : 0,
        };
    }

    /// <summary>The problem that an exception of a handler is. Null: it is none that a handler may throw.</summary>
    public static ProblemException? Of(Exception e) => e switch
    {
        ProblemException problem => problem,
        BadHttpRequestException bad => new ProblemException(bad.StatusCode, bad.Message),
        LocalClientException { Failure: LocalClientFailure.ReplyTooLarge } large
            => new ProblemException(StatusCodes.Status413PayloadTooLarge, $"{large.Message} (http-max-reply-bytes); the request was executed", "REPLYTOOLARGE"),
        LocalClientException { Failure: LocalClientFailure.Stopping } stopping
            => new ProblemException(StatusCodes.Status503ServiceUnavailable, $"{stopping.Message}; the request was not executed", "LOADING") { RetryAfterSeconds = 1 },
        LocalClientException cut => new ProblemException(StatusCodes.Status503ServiceUnavailable, $"{cut.Message}; whether the request was executed is not known", "CLOSED"),

        // Or the client went away: then nobody reads it.
        OperationCanceledException => new ProblemException(StatusCodes.Status504GatewayTimeout, "the request took longer than http-timeout; whether it was executed is not known", "TIMEOUT"),
        _ => null,
    };

    /// <summary>Throws what <see cref="Of"/> makes of an error; anything else is returned.</summary>
    public static RespValue ThrowIfError(RespValue reply) => reply.IsError ? throw Of(reply) : reply;
}
