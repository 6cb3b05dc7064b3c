namespace RespKv.Protocol;

/// <summary>Redis's texts for requests that break the protocol. Each is answered once, then the connection closes.</summary>
internal static class ProtocolErrors
{
    public const string InvalidCount = "ERR Protocol error: invalid multibulk length";
    public const string UnauthenticatedCount = "ERR Protocol error: unauthenticated multibulk length";
    public const string InvalidBulkLength = "ERR Protocol error: invalid bulk length";
    public const string UnauthenticatedBulkLength = "ERR Protocol error: unauthenticated bulk length";
    public const string CountLineTooLong = "ERR Protocol error: too big mbulk count string";
    public const string BulkLineTooLong = "ERR Protocol error: too big bulk count string";
    public const string InlineTooLong = "ERR Protocol error: too big inline request";
    public const string UnbalancedQuotes = "ERR Protocol error: unbalanced quotes in request";

    /// <param name="found">The byte where a <c>$</c> belongs. The line that it starts is complete.</param>
    public static string ExpectedBulk(byte found) => $"ERR Protocol error: expected '$', got '{(char)found}'";
}
