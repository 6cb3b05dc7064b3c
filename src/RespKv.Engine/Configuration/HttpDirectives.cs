namespace RespKv.Engine.Configuration;

/// <summary>The HTTP door: API, metrics, health, web console.</summary>
internal static class HttpDirectives
{
    public static DirectiveSection Section { get; } = new("HTTP: API, metrics, health checks, web console: see docs/http.md",
    [
        new IntegerDirective("http-port", c => c.HttpPort, (c, v) => c.HttpPort = (int)v)
        {
            Doc = "TCP port of the HTTP door. 0 is none. When it was not set and somebody else has the port, the server runs without it and says so.",
            FixedBecause = ConfigErrors.Immutable,
            Min = 0,
            Max = 65_535,
            Default = 8380,
        },
        new BindDirective("http-bind", c => c.HttpBind, (c, v) => c.HttpBind = v)
        {
            Doc = "Addresses that the HTTP door listens on. Before you let other machines in, set requirepass, and https-port if the network is not yours.",
            FixedBecause = ConfigErrors.Immutable,
            Default = ["127.0.0.1", "-::1"],
        },
        new IntegerDirective("https-port", c => c.HttpsPort, (c, v) => c.HttpsPort = (int)v)
        {
            Doc = "TCP port of the HTTP door for clients that speak TLS, with the certificate of tls-cert-file. 0 is none.",
            FixedBecause = ConfigErrors.Immutable,
            Min = 0,
            Max = 65_535,
            Default = 0,
        },
        new SwitchDirective("http-console", c => c.HttpConsole, (c, v) => c.HttpConsole = v)
        {
            Doc = "Whether the HTTP door serves the web console at /: see docs/console.md. It shows nothing that the API would not tell its user.",
            FixedBecause = ConfigErrors.Immutable,
            Default = true,
        },
        new IntegerDirective("http-maxclients", c => c.HttpMaxClients, (c, v) => c.HttpMaxClients = (int)v)
        {
            Doc = "Connections of the HTTP door; more are closed. Each that uses the database counts as one of maxclients, too.",
            FixedBecause = ConfigErrors.Immutable,
            Min = 1,
            Max = 65_535,
            Default = 1000,
        },
        new IntegerDirective("http-concurrency", c => c.HttpConcurrency, (c, v) => c.HttpConcurrency = (int)v)
        {
            Doc = "Requests of the HTTP door that the database works on at a time; 512 more wait, others are told 503. Those that wait for a key (BLPOP) or\nwhose bytes are on their way do not count.",
            FixedBecause = ConfigErrors.Immutable,
            Min = 1,
            Max = 10_000,
            Default = 64,
        },
        new IntegerDirective("http-rate-limit", c => c.HttpRateLimit, (c, v) => c.HttpRateLimit = (int)v)
        {
            Doc = "Requests per second that one address (of IPv6: one /64) may send, twice as many at once; others are told 429. 0 is no bound.",
            FixedBecause = ConfigErrors.Immutable,
            Min = 0,
            Max = 1_000_000,
            Default = 0,
        },
        new IntegerDirective("http-max-event-streams", c => c.HttpMaxEventStreams, (c, v) => c.HttpMaxEventStreams = (int)v)
        {
            Doc = "Streams of GET /v1/events at a time; others are told 503. Each is looked at for every key that changes. What waits for a slow one is bounded by\n"
                + "client-output-buffer-limit pubsub.",
            Min = 0,
            Max = 1000,
            Default = 64,
            Mutable = true,
        },
        new TextDirective("otlp-endpoint", c => c.OtlpEndpoint, (c, v) => c.OtlpEndpoint = v)
        {
            Doc = "An OpenTelemetry collector that metrics are sent to, by OTLP over HTTP. Example: http://localhost:4318. See docs/metrics.md.",
            Meaning = "a URL that begins with http:// or https://; \"\" means none",
            Check = static text => text.Length == 0 || (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
                ? null
                : "argument must be a URL that begins with http:// or https://",
            FixedBecause = ConfigErrors.Immutable,
            Default = "",
        },
        new IntegerDirective("otlp-interval", c => c.OtlpIntervalSeconds, (c, v) => c.OtlpIntervalSeconds = (int)v)
        {
            Doc = "Seconds between two exports to otlp-endpoint.",
            FixedBecause = ConfigErrors.Immutable,
            Min = 1,
            Max = 3600,
            Default = 60,
        },
        new IntegerDirective("http-timeout", c => c.HttpTimeoutSeconds, (c, v) => c.HttpTimeoutSeconds = (int)v)
        {
            Doc = "Seconds that a request may take, from its headers to the end of its work. Commands that wait for a key take as long as they say. 0 is no bound.",
            Min = 0,
            Max = 86_400,
            Default = 60,
            Mutable = true,
        },
        new MemoryDirective("http-max-json-bytes", c => c.HttpMaxJsonBytes, (c, v) => c.HttpMaxJsonBytes = v)
        {
            Doc = "Size of a JSON body that is read. Values that are sent as they are may have up to proto-max-bulk-len.",
            Min = 1024,
            Max = 512L * 1024 * 1024,
            Default = 16L * 1024 * 1024,
            Mutable = true,
        },
        new MemoryDirective("http-max-reply-bytes", c => c.HttpMaxReplyBytes, (c, v) => c.HttpMaxReplyBytes = v)
        {
            Doc = "What the database may reply to one request. Larger replies belong on a connection of the Redis protocol.",
            Min = 1024 * 1024,
            Max = Sessions.LocalClient.ReplyBytesMax,
            Default = 64L * 1024 * 1024,
            Mutable = true,
        },
        new ListDirective("http-hosts", c => c.HttpHosts, (c, v) => c.HttpHosts = v)
        {
            Doc = "Names under which clients may address the HTTP door, besides addresses and localhost: a name that is not expected is refused, so that no web\n"
                + "page can reach the server by a name of its own (DNS rebinding). * is any name.",
            Meaning = "names, separated by blanks; \"\" means none",
            Check = CheckHosts,
            Default = "",
            Mutable = true,
        },
        new ListDirective("http-cors-origins", c => c.HttpCorsOrigins, (c, v) => c.HttpCorsOrigins = v)
        {
            Doc = "Origins whose web pages may use the HTTP door from browsers. Example: https://admin.example.com",
            Meaning = "origins as browsers send them, separated by blanks; \"\" means none",
            Check = CheckOrigins,
            FixedBecause = ConfigErrors.Immutable,
            Default = "",
        },
        new SwitchDirective("http-plain-auth", c => c.HttpPlainAuth, (c, v) => c.HttpPlainAuth = v)
        {
            Doc = "Whether passwords of other machines are taken on http-port, which is not encrypted.",
            Default = false,
            Mutable = true,
        },
    ]);

    private static string? CheckHosts(IReadOnlyList<string> words, out string shown)
    {
        List<string> hosts = [.. words.Where(static each => each.Length > 0).Select(static each => each.ToLowerInvariant())];
        shown = string.Join(' ', hosts);
        return hosts.All(static each => each == "*" || Uri.CheckHostName(each) != UriHostNameType.Unknown) ? null : "argument(s) must be names of hosts, without ports";
    }

    private static string? CheckOrigins(IReadOnlyList<string> words, out string shown)
    {
        List<string> origins = [.. words.Where(static each => each.Length > 0)];
        shown = string.Join(' ', origins);
        return origins.All(static each => Uri.TryCreate(each, UriKind.Absolute, out Uri? origin) && origin.Scheme is "http" or "https" && origin.GetLeftPart(UriPartial.Authority) == each)
            ? null
            : "argument(s) must be origins: scheme, host and port, and nothing behind it";
    }
}
