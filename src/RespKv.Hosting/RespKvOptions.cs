namespace RespKv.Hosting;

/// <summary>What a program asks of the server that it hosts. The defaults suit tests: a free port of the loopback interface, a directory of its own that goes with it.</summary>
public sealed class RespKvOptions
{
    /// <summary>TCP port for RESP; 0 takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>Whether it also speaks HTTP (API, metrics, health checks, web console).</summary>
    public bool SpeaksHttp { get; set; }

    /// <summary>TCP port for HTTP; 0 takes a free one.</summary>
    public int HttpPort { get; set; }

    /// <summary>
    /// The data directory: made when it is missing, kept when the server ends. Null: a temporary one, which is deleted then.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Further directives of <c>conf/respkv.conf</c> by their names, for example <c>appendfsync</c> or <c>requirepass</c>. <c>port</c>,
    /// <c>http-port</c>, <c>bind</c>, <c>http-bind</c> and <c>dir</c> are not among them.
    /// </summary>
    public IDictionary<string, string> Directives { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Segments of the log are written with zeros before their first use: small ones make for a quick start.</summary>
    public long WalSegmentBytes { get; set; } = 1024 * 1024;
}
