namespace RespKv.Engine.Configuration;

/// <summary>TLS. CONFIG SET of these reads the files anew, also when their names stay: so certificates are renewed.</summary>
internal static class TlsDirectives
{
    private const string Prefix = "tls-";

    public static DirectiveSection Section { get; } = new("TLS: see docs/security.md",
    [
        new IntegerDirective("tls-port", c => c.TlsPort, (c, v) => c.TlsPort = (int)v)
        {
            Doc = "TCP port for clients that speak TLS, on the addresses of bind. 0 is none. With `port 0` it is the only one.",
            Min = 0,
            Max = 65_535,
            Default = 0,
        },
        Text("tls-cert-file", c => c.Tls.CertificateFile, (c, v) => c.Tls.CertificateFile = v,
            "The server's certificate (PEM), with those between it and its root behind it.", "a path; \"\" means none"),
        Text("tls-key-file", c => c.Tls.KeyFile, (c, v) => c.Tls.KeyFile = v, "The certificate's private key (PEM).", "a path; \"\" means none"),
        new TextDirective("tls-key-file-pass", c => c.Tls.KeyFilePassword, (c, v) => c.Tls.KeyFilePassword = v)
        {
            Doc = "Password of an encrypted private key.",
            Meaning = "a password; \"\" means none",
            Default = "",
            Mutable = true,
            Secret = true,
        },
        Text("tls-ca-cert-file", c => c.Tls.CaCertificateFile, (c, v) => c.Tls.CaCertificateFile = v,
            "Certificates (PEM) that those of clients have to lead to.", "a path; \"\" means none"),
        Text("tls-ca-cert-dir", c => c.Tls.CaCertificateDirectory, (c, v) => c.Tls.CaCertificateDirectory = v,
            "A directory of such files, each of which is read.", "a path; \"\" means none"),
        new ChoiceDirective<TlsAuthClients>("tls-auth-clients", c => c.Tls.AuthClients, (c, v) => c.Tls.AuthClients = v)
        {
            Doc = "Whether clients have to show a certificate: always, never, or only that one that is shown must be good.",
            Choices = [("no", TlsAuthClients.No), ("yes", TlsAuthClients.Yes), ("optional", TlsAuthClients.Optional)],
            Default = TlsAuthClients.Yes,
            Mutable = true,
        },
        Text("tls-protocols", c => c.Tls.Protocols, (c, v) => c.Tls.Protocols = v,
            "Versions of TLS, separated by blanks. Older ones than these two are not offered.", "TLSv1.2, TLSv1.3 or both; \"\" means both"),
        Text("tls-ciphers", c => c.Tls.Ciphers, (c, v) => c.Tls.Ciphers = v,
            "Cipher suites of TLS 1.2 by OpenSSL's names, separated by colons: ECDHE-RSA-AES256-GCM-SHA384 and the like. OpenSSL's words for\ngroups of them are not known.",
            "names; \"\" means the system's choice"),
        Text("tls-ciphersuites", c => c.Tls.CipherSuites, (c, v) => c.Tls.CipherSuites = v,
            "Cipher suites of TLS 1.3, separated by colons: TLS_AES_256_GCM_SHA384 and the like.", "names; \"\" means the system's choice"),
        new SwitchDirective("tls-session-caching", c => c.Tls.SessionCaching, (c, v) => c.Tls.SessionCaching = v)
        {
            Doc = "Whether clients may take up a session again, which saves most of the handshake.",
            Default = true,
            Mutable = true,
        },
        Fixed("tls-session-cache-size", "20480", "the system's library sees to the size of its cache"),
        Fixed("tls-session-cache-timeout", "300", "the system's library sees to its cache"),
        Fixed("tls-prefer-server-ciphers", "no", "the system's library chooses"),
        Fixed("tls-replication", "no", "there is no replication yet"),
        Fixed("tls-cluster", "no", "there is no cluster mode yet"),
        Fixed("tls-client-cert-file", "", "the server makes no connections"),
        Fixed("tls-client-key-file", "", "the server makes no connections"),
        Fixed("tls-client-key-file-pass", "", "the server makes no connections"),
        Fixed("tls-dh-params-file", "", "the system's library has its own parameters"),
    ]);

    /// <summary>Whether a change of the directive means that certificates are read.</summary>
    public static bool IsAboutFiles(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static TextDirective Text(string name, Func<ServerConfig, string> read, Action<ServerConfig, string> write, string doc, string meaning)
        => new(name, read, write) { Doc = doc, Meaning = meaning, Default = "", Mutable = true };

    private static FixedDirective Fixed(string name, string value, string because)
        => new(name, value) { Doc = $"Fixed: {because}.", Because = because, Mutable = true };
}
