using System.Net.Security;
using System.Security.Authentication;
using RespKv.Engine.Configuration;

namespace RespKv.Hosting.Tls;

/// <summary>OpenSSL's names of protocols and cipher suites, which Redis's directives take.</summary>
internal static class TlsNames
{
    private static readonly Dictionary<string, TlsCipherSuite> Suites12 = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ECDHE-ECDSA-AES256-GCM-SHA384"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        ["ECDHE-RSA-AES256-GCM-SHA384"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        ["ECDHE-ECDSA-CHACHA20-POLY1305"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ["ECDHE-RSA-CHACHA20-POLY1305"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ["ECDHE-ECDSA-AES128-GCM-SHA256"] = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        ["ECDHE-RSA-AES128-GCM-SHA256"] = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ["DHE-RSA-AES256-GCM-SHA384"] = TlsCipherSuite.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
        ["DHE-RSA-CHACHA20-POLY1305"] = TlsCipherSuite.TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ["DHE-RSA-AES128-GCM-SHA256"] = TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
        ["AES256-GCM-SHA384"] = TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384,
        ["AES128-GCM-SHA256"] = TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
    };

    private static readonly Dictionary<string, TlsCipherSuite> Suites13 = new(StringComparer.OrdinalIgnoreCase)
    {
        ["TLS_AES_256_GCM_SHA384"] = TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        ["TLS_CHACHA20_POLY1305_SHA256"] = TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        ["TLS_AES_128_GCM_SHA256"] = TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        ["TLS_AES_128_CCM_SHA256"] = TlsCipherSuite.TLS_AES_128_CCM_SHA256,
        ["TLS_AES_128_CCM_8_SHA256"] = TlsCipherSuite.TLS_AES_128_CCM_8_SHA256,
    };

    /// <summary>What stands for the suites of a version when only those of the other were named.</summary>
    private static readonly TlsCipherSuite[] Usual12 = [.. Suites12.Values.Take(6)];
    private static readonly TlsCipherSuite[] Usual13 = [.. Suites13.Values.Take(3)];

    /// <exception cref="ConfigException">A version is not known.</exception>
    public static SslProtocols Protocols(string text)
    {
        SslProtocols protocols = SslProtocols.None;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            protocols |= word.ToUpperInvariant() switch
            {
                "TLSV1.2" => SslProtocols.Tls12,
                "TLSV1.3" => SslProtocols.Tls13,
                _ => throw new ConfigException($"Invalid tls-protocols specified: '{word}'. Use a combination of 'TLSv1.2' and 'TLSv1.3'."),
            };
        }

        return protocols == SslProtocols.None ? SslProtocols.Tls12 | SslProtocols.Tls13 : protocols;
    }

    /// <summary>Null: the system's choice.</summary>
    /// <exception cref="ConfigException">A name is not known.</exception>
    public static CipherSuitesPolicy? Ciphers(string ciphers, string cipherSuites)
    {
        if (ciphers.Length + cipherSuites.Length == 0 || OperatingSystem.IsWindows())
        {
            return null;
        }

        TlsCipherSuite[] of12 = ciphers.Length == 0 ? Usual12 : Find(Suites12, ciphers, "tls-ciphers");
        TlsCipherSuite[] of13 = cipherSuites.Length == 0 ? Usual13 : Find(Suites13, cipherSuites, "tls-ciphersuites");
        return new CipherSuitesPolicy([.. of13, .. of12]);
    }

    private static TlsCipherSuite[] Find(Dictionary<string, TlsCipherSuite> known, string names, string directive)
        => [.. names.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name =>
            known.TryGetValue(name, out TlsCipherSuite suite)
                ? suite
                : throw new ConfigException($"{directive}: '{name}' is not known; these are: {string.Join(' ', known.Keys)}"))];
}
