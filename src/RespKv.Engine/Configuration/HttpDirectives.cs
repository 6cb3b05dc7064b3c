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
    ]);
}
