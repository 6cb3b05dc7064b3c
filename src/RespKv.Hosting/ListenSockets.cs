using System.Net;
using System.Net.Sockets;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;

namespace RespKv.Hosting;

/// <summary>
/// The sockets that the server listens on, bound before the host starts: an address that is taken is found out before the data directory
/// is touched, and named as the operator wrote it. Kestrel gets them through <see cref="Take"/> and owns them from then on.
/// </summary>
internal sealed class ListenSockets : IDisposable
{
    private readonly List<EndPoint> _endPoints = [];
    private readonly Dictionary<EndPoint, Socket> _bound = [];
    private readonly HashSet<EndPoint> _tls = [];

    private ListenSockets()
    {
    }

    /// <summary>All that were bound, in the order of the configuration.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _endPoints;

    /// <summary>Whether clients speak TLS there.</summary>
    public bool IsTls(EndPoint endPoint) => _tls.Contains(endPoint);

    /// <exception cref="ConfigException">An address cannot be bound, or none is left.</exception>
    public static ListenSockets Bind(ServerConfig config, IFileSystem files, IEngineLog log)
        => Bind(ListenAddresses.ToListenOn(config), "bind", files, log);

    /// <summary>
    /// Those of the HTTP door; none when it is off. Nobody needs to have asked for its default port: if that is taken, which the log says, there is
    /// no HTTP door.
    /// </summary>
    /// <exception cref="ConfigException">An address that was asked for cannot be bound, or none is left.</exception>
    public static ListenSockets BindForHttp(ServerConfig config, IFileSystem files, IEngineLog log)
    {
        IReadOnlyList<ListenAddress> addresses = ListenAddresses.ToListenOnForHttp(config);
        if (addresses.Count == 0)
        {
            return None();
        }

        try
        {
            return Bind(addresses, "http-bind", files, log);
        }
        catch (ConfigException e) when (!config.IsHttpPortWritten && config.HttpsPort == 0)
        {
            log.Write(EngineLogLevel.Warning, $"No HTTP: {e.Message}. Set http-port to another port, or to 0 to do without");
            return None();
        }
    }

    /// <summary>No sockets.</summary>
    public static ListenSockets None() => new();

    /// <summary>On the loopback interface; port 0 takes a free one, which <see cref="EndPoints"/> tells.</summary>
    /// <exception cref="ConfigException">The port cannot be bound.</exception>
    public static ListenSockets BindLoopback(int port, IEngineLog log)
        => Bind([new ListenAddress(new IPEndPoint(IPAddress.Loopback, port), Optional: false)], "bind", new PosixFileSystem(), log);

    private static ListenSockets Bind(IReadOnlyList<ListenAddress> addresses, string directive, IFileSystem files, IEngineLog log)
    {
        var sockets = new ListenSockets();
        try
        {
            foreach (ListenAddress address in addresses)
            {
                sockets.Bind(address, files, log);
            }

            return sockets._bound.Count > 0 ? sockets : throw new ConfigException($"none of the addresses in {directive} exists on this machine");
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>Hands out the socket of an end point, once.</summary>
    public Socket Take(EndPoint endPoint) =>
        _bound.Remove(endPoint, out Socket? socket) ? socket : throw new InvalidOperationException($"{endPoint} was not bound");

    public void Dispose()
    {
        foreach (Socket socket in _bound.Values)
        {
            socket.Dispose();
        }

        _bound.Clear();
    }

    private void Bind(ListenAddress address, IFileSystem files, IEngineLog log)
    {
        if (_bound.ContainsKey(address.EndPoint))
        {
            return;
        }

        if (address.EndPoint is UnixDomainSocketEndPoint unix)
        {
            StaleUnixSocket.Remove(files, unix);
        }

        Socket? socket = null;
        try
        {
            ProtocolType protocol = address.EndPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
            socket = new Socket(address.EndPoint.AddressFamily, SocketType.Stream, protocol);
            if (address.EndPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // As in Redis, :: is IPv6 only, so that "* ::*" can bind both.
                socket.DualMode = false;
            }

            socket.Bind(address.EndPoint);
            EndPoint bound = address.EndPoint is IPEndPoint { Port: 0 } ? socket.LocalEndPoint! : address.EndPoint;
            _bound.Add(bound, socket);
            _endPoints.Add(bound);
            if (address.IsTls)
            {
                _tls.Add(bound);
            }
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            if (!address.Optional || !IsMissing(e.SocketErrorCode))
            {
                throw new ConfigException($"Could not create server listening socket {address.EndPoint}: bind: {e.Message}");
            }

            log.Write(EngineLogLevel.Verbose, $"Not listening on {address.EndPoint}, which this machine does not have: {e.Message}");
        }
    }

    private static bool IsMissing(SocketError error) => error
        is SocketError.AddressNotAvailable
        or SocketError.AddressFamilyNotSupported
        or SocketError.ProtocolFamilyNotSupported
        or SocketError.ProtocolNotSupported
        or SocketError.SocketNotSupported
        or SocketError.ProtocolOption;
}
