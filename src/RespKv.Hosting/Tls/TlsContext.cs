using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;

namespace RespKv.Hosting.Tls;

/// <summary>Certificate, key and rules that connections are encrypted with: read from files once, never changed.</summary>
internal sealed class TlsContext
{
    private readonly SslStreamCertificateContext _certificate;
    private readonly SslProtocols _protocols;
    private readonly CipherSuitesPolicy? _ciphers;
    private readonly X509ChainPolicy? _clientPolicy;
    private readonly TlsAuthClients _authClients;
    private readonly bool _allowsResume;

    /// <summary>Reads the files. Blocks on the disk.</summary>
    /// <exception cref="ConfigException">They cannot be used, or what they would be used for makes no sense.</exception>
    public TlsContext(TlsConfig settings, IFileSystem files)
    {
        if (settings.CertificateFile.Length == 0 || settings.KeyFile.Length == 0)
        {
            throw new ConfigException("No tls-cert-file or tls-key-file configured!");
        }

        bool hasRoots = settings.CaCertificateFile.Length > 0 || settings.CaCertificateDirectory.Length > 0;
        if (settings.AuthClients != TlsAuthClients.No && !hasRoots)
        {
            throw new ConfigException("Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-auth-clients is enabled!");
        }

        _authClients = settings.AuthClients;
        _allowsResume = settings.SessionCaching;
        _protocols = TlsNames.Protocols(settings.Protocols);
        _ciphers = TlsNames.Ciphers(settings.Ciphers, settings.CipherSuites);
        _certificate = TlsFiles.ReadCertificate(settings, files);
        _clientPolicy = _authClients == TlsAuthClients.No ? null : ClientPolicy(TlsFiles.ReadRoots(settings, files));
    }

    /// <summary>For the handshake of one connection.</summary>
    public SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificateContext = _certificate,
        EnabledSslProtocols = _protocols,
        CipherSuitesPolicy = _ciphers,
        AllowTlsResume = _allowsResume,
        AllowRenegotiation = false,
        ClientCertificateRequired = _authClients != TlsAuthClients.No,
        CertificateChainPolicy = _clientPolicy,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = _clientPolicy is null ? null : IsAccepted,
        ApplicationProtocols = [],
    };

    /// <summary>
    /// Trusts the given certificates and no others, and fetches nothing: a handshake waits for no other server.
    /// </summary>
    private static X509ChainPolicy ClientPolicy(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ExtraStore.AddRange(roots);
        return policy;
    }

    private bool IsAccepted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        => certificate is null ? _authClients == TlsAuthClients.Optional : errors == SslPolicyErrors.None;
}

/// <summary>Reads certificates and keys through the file-system door.</summary>
internal static class TlsFiles
{
    public static SslStreamCertificateContext ReadCertificate(TlsConfig settings, IFileSystem files)
    {
        string pem = Read(files, settings.CertificateFile, "tls-cert-file");
        string key = Read(files, settings.KeyFile, "tls-key-file");
        try
        {
            X509Certificate2 own = settings.KeyFilePassword.Length > 0
                ? X509Certificate2.CreateFromEncryptedPem(pem, key, settings.KeyFilePassword)
                : X509Certificate2.CreateFromPem(pem, key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            return SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new ConfigException($"tls-cert-file {settings.CertificateFile} and tls-key-file {settings.KeyFile} are not a certificate and its key: {e.Message}");
        }
    }

    public static X509Certificate2Collection ReadRoots(TlsConfig settings, IFileSystem files)
    {
        var roots = new X509Certificate2Collection();
        if (settings.CaCertificateFile.Length > 0)
        {
            Import(roots, Read(files, settings.CaCertificateFile, "tls-ca-cert-file"), settings.CaCertificateFile);
        }

        if (settings.CaCertificateDirectory.Length > 0)
        {
            foreach (string name in List(files, settings.CaCertificateDirectory))
            {
                string path = Path.Combine(settings.CaCertificateDirectory, name);
                Import(roots, Read(files, path, "tls-ca-cert-dir"), path);
            }
        }

        return roots.Count > 0 ? roots : throw new ConfigException("there is no certificate in tls-ca-cert-file and tls-ca-cert-dir");
    }

    private static void Import(X509Certificate2Collection roots, string pem, string path)
    {
        try
        {
            roots.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new ConfigException($"{path} is not a file of certificates: {e.Message}");
        }
    }

    private static IReadOnlyList<string> List(IFileSystem files, string directory)
    {
        try
        {
            return files.ListFiles(directory);
        }
        catch (IOException e)
        {
            throw new ConfigException($"tls-ca-cert-dir: {e.Message}");
        }
    }

    private static string Read(IFileSystem files, string path, string directive)
    {
        try
        {
            return ConfigFile.ReadText(files, path);
        }
        catch (IOException e)
        {
            throw new ConfigException($"{directive}: {e.Message}");
        }
    }
}
