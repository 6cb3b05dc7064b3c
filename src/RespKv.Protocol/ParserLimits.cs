namespace RespKv.Protocol;

/// <summary>
/// What a client may ask the parser to buffer. A request beyond a limit is a protocol error, found at its length line, before
/// any of it has to be stored.
/// </summary>
/// <param name="ArgumentsMax">Arguments of one request.</param>
/// <param name="BulkBytesMax">Bytes of one argument (directive <c>proto-max-bulk-len</c>).</param>
/// <param name="InlineBytesMax">Bytes of an inline request, and of a length line, without its end of line.</param>
/// <param name="BeforeAuthentication">
/// The client has not authenticated yet: requests between these limits and the default ones get the "unauthenticated" texts.
/// </param>
public readonly record struct ParserLimits(int ArgumentsMax, long BulkBytesMax, int InlineBytesMax, bool BeforeAuthentication = false)
{
    /// <summary>Arguments of one request: what Redis documents, and 16 times what a client library sends in one command.</summary>
    private const int DefaultArgumentsMax = 1_048_576;

    /// <summary>Redis's default for <c>proto-max-bulk-len</c>.</summary>
    private const long DefaultBulkBytesMax = 512L * 1024 * 1024;

    /// <summary>Redis's PROTO_INLINE_MAX_SIZE.</summary>
    private const int DefaultInlineBytesMax = 64 * 1024;

    /// <summary>Enough for AUTH and for HELLO with all of its options.</summary>
    private const int UnauthenticatedArgumentsMax = 10;

    /// <summary>Enough for any user name and password.</summary>
    private const long UnauthenticatedBulkBytesMax = 16_384;

    /// <summary>Limits of Redis's default configuration: 1,048,576 arguments of 512 MB, 64 KB inline.</summary>
    public static ParserLimits Default { get; } = new(DefaultArgumentsMax, DefaultBulkBytesMax, DefaultInlineBytesMax);

    /// <summary>
    /// Limits of a client that still has to authenticate: 10 arguments of 16,384 bytes. Requests behind an AUTH in the same
    /// buffer are to be parsed after it was executed: parse one request at a time under these limits.
    /// </summary>
    public static ParserLimits Unauthenticated { get; }
        = new(UnauthenticatedArgumentsMax, UnauthenticatedBulkBytesMax, DefaultInlineBytesMax, BeforeAuthentication: true);
}
