namespace RespKv.Http.Api;

/// <summary>Names of our own in requests and responses.</summary>
internal static class ApiHeaders
{
    /// <summary>LSN of what a request has written.</summary>
    public const string Lsn = "RespKv-Lsn";

    public const string Json = "application/json";

    public const string Problem = "application/problem+json";

    public const string Bytes = "application/octet-stream";
}
