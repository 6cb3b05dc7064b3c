using RespKv.Engine.Configuration;
using RespKv.Storage.Files;

namespace RespKv.Hosting.Tls;

/// <summary>What new connections are encrypted with. Replaced by CONFIG SET; a connection keeps what it was made with.</summary>
internal sealed class TlsContexts(TlsContext first, IFileSystem files) : ITlsReloader
{
    private volatile TlsContext _current = first;

    public TlsContext Current => _current;

    public object Load(TlsConfig settings) => new TlsContext(settings, files);

    public void Use(object loaded) => _current = (TlsContext)loaded;
}
