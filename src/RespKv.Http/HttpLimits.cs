namespace RespKv.Http;

/// <summary>Bounds of the HTTP door that are no directives. What an operator may want to change is in conf/respkv.conf (http-*).</summary>
internal static class HttpLimits
{
    /// <summary>Bytes of a request line: a key in it may take about a third when all its bytes are percent-encoded.</summary>
    public const int RequestLineBytesMax = 32 * 1024;

    /// <summary>Bytes of all headers.</summary>
    public const int HeaderBytesMax = 32 * 1024;

    public const int HeadersMax = 64;

    /// <summary>From the first byte of a request to the end of its headers.</summary>
    public static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);

    /// <summary>Between two requests of a connection.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);

    /// <summary>A body has to come, and a response to go, at least so fast...</summary>
    public const double BytesPerSecondMin = 240;

    /// <summary>...after so long.</summary>
    public static readonly TimeSpan RateGrace = TimeSpan.FromSeconds(5);

    /// <summary>Requests that HTTP/2 may have under way on one connection.</summary>
    public const int StreamsPerConnectionMax = 32;

    /// <summary>Requests that wait until others have been served (http-concurrency); those above are turned away.</summary>
    public const int QueuedRequestsMax = 512;

    /// <summary>Bytes of bodies that all requests together may have in memory: more are turned away.</summary>
    public const long BodyBytesInWorkMax = 1024L * 1024 * 1024;

    /// <summary>Nesting of JSON: the deepest request has four levels.</summary>
    public const int JsonDepthMax = 8;

    /// <summary>Commands of one POST /v1/command.</summary>
    public const int CommandsMax = 1000;

    /// <summary>Items of one POST /v1/kv:batch.</summary>
    public const int BatchItemsMax = 1000;

    /// <summary>Attempts of a conditional write whose key is changed by somebody else each time.</summary>
    public const int CompareAndSetAttempts = 16;

    /// <summary>Bytes of JSON that wait for a client that reads slowly.</summary>
    public const int UnsentBytesMax = 256 * 1024;

    /// <summary>Wrong passwords that one address may try at once; then one a second.</summary>
    public const int WrongPasswordsMax = 10;

    /// <summary>Requests of one address at once, as a multiple of http-rate-limit.</summary>
    public const int RateBurst = 2;
}
