namespace RespKv.Engine.Configuration;

/// <summary>Directive tls-auth-clients: whether clients have to show a certificate.</summary>
public enum TlsAuthClients
{
    Yes,
    No,
    Optional,
}

/// <summary>What the <c>tls-</c> directives say, but tls-port. Empty texts mean that nothing was said.</summary>
public sealed class TlsConfig
{
    public string CertificateFile { get; internal set; } = "";

    public string KeyFile { get; internal set; } = "";

    public string KeyFilePassword { get; internal set; } = "";

    public string CaCertificateFile { get; internal set; } = "";

    public string CaCertificateDirectory { get; internal set; } = "";

    public TlsAuthClients AuthClients { get; internal set; }

    public string Protocols { get; internal set; } = "";

    public string Ciphers { get; internal set; } = "";

    public string CipherSuites { get; internal set; } = "";

    public bool SessionCaching { get; internal set; }

    /// <summary>What is read from files outside the turn must not change meanwhile.</summary>
    public TlsConfig Copy() => (TlsConfig)MemberwiseClone();
}

/// <summary>Makes what connections are encrypted with. The server implements it: the engine has no sockets.</summary>
public interface ITlsReloader
{
    /// <summary>Reads certificates and keys. Blocks on the disk: never called inside a turn.</summary>
    /// <exception cref="ConfigException">They cannot be used.</exception>
    object Load(TlsConfig settings);

    /// <summary>New connections are encrypted with what <see cref="Load"/> has made. Those that there are stay as they are.</summary>
    void Use(object loaded);
}
