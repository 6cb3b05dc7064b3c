using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Tls;

/// <summary>A root, certificates of a server and a client that it has signed, and a client's that another root has signed; as PEM files.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, X509Certificate2> _certificates = [];
    private readonly Dictionary<string, ECDsa> _keys = [];

    public TestCertificates()
    {
        X509Certificate2 root = MakeRoot("root");
        X509Certificate2 stranger = MakeRoot("stranger");
        Make("server", root);
        Make("server2", root);
        Make("client", root);
        Make("bad", stranger);
        File.WriteAllText(Path("locked.key"), _keys["server"].ExportEncryptedPkcs8PrivateKeyPem(
            "open", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Directory.CreateDirectory(Path("roots"));
        File.Copy(Path("root.crt"), Path("roots/a.pem"));
        File.Copy(Path("stranger.crt"), Path("roots/b.pem"));
        Directory.CreateDirectory(Path("empty"));
    }

    public X509Certificate2 this[string name] => _certificates[name];

    public string Path(string name) => _directory.Inside(name);

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in _certificates.Values)
        {
            certificate.Dispose();
        }

        foreach (ECDsa key in _keys.Values)
        {
            key.Dispose();
        }

        _directory.Dispose();
    }

    private X509Certificate2 MakeRoot(string name)
    {
        CertificateRequest request = Request(name, isRoot: true);
        return Keep(name, request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100)));
    }

    private void Make(string name, X509Certificate2 issuer)
    {
        CertificateRequest request = Request(name, isRoot: false);
        using X509Certificate2 signed = request.Create(issuer, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100), RandomNumberGenerator.GetBytes(8));
        Keep(name, signed.CopyWithPrivateKey(_keys[name]));
    }

    private CertificateRequest Request(string name, bool isRoot)
    {
        ECDsa key = _keys[name] = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isRoot, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private X509Certificate2 Keep(string name, X509Certificate2 certificate)
    {
        File.WriteAllText(Path(name + ".crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path(name + ".key"), _keys[name].ExportPkcs8PrivateKeyPem());
        return _certificates[name] = certificate;
    }
}
