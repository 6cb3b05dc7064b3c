using System.Net;
using System.Net.Sockets;
using RespKv.Engine.Configuration;

namespace RespKv.Hosting;

/// <summary>An address to listen on.</summary>
/// <param name="EndPoint">Where.</param>
/// <param name="Optional">It is left out without an error when this machine does not have it.</param>
/// <param name="IsTls">Clients speak TLS there.</param>
internal readonly record struct ListenAddress(EndPoint EndPoint, bool Optional, bool IsTls = false);

/// <summary>Turns bind, port and unixsocket into addresses.</summary>
internal static class ListenAddresses
{
    /// <exception cref="ConfigException">The unix socket's path is too long for the system.</exception>
    public static IReadOnlyList<ListenAddress> ToListenOn(ServerConfig config)
    {
        var addresses = new List<ListenAddress>();
        AddPort(addresses, config.Bind, config.Port, isTls: false);
        AddPort(addresses, config.Bind, config.TlsPort, isTls: true);
        if (config.UnixSocket.Length > 0)
        {
            addresses.Add(new ListenAddress(UnixEndPoint(config.UnixSocket), Optional: false));
        }

        return addresses;
    }

    /// <summary>
    /// Where a client on this machine finds the server: the first address, or loopback when that stands for all. One without TLS, if there is one.
    /// </summary>
    public static ListenAddress ToConnectTo(ServerConfig config)
    {
        IReadOnlyList<ListenAddress> all = ToListenOn(config);
        ListenAddress first = all.FirstOrDefault(address => !address.IsTls) is { EndPoint: not null } plain ? plain : all[0];
        return first with
        {
            EndPoint = first.EndPoint switch
            {
                IPEndPoint ip when ip.Address.Equals(IPAddress.Any) => new IPEndPoint(IPAddress.Loopback, ip.Port),
                IPEndPoint ip when ip.Address.Equals(IPAddress.IPv6Any) => new IPEndPoint(IPAddress.IPv6Loopback, ip.Port),
                EndPoint endPoint => endPoint,
            },
        };
    }

    /// <summary>Of the HTTP door.</summary>
    public static IReadOnlyList<ListenAddress> ToListenOnForHttp(ServerConfig config)
    {
        var addresses = new List<ListenAddress>();
        AddPort(addresses, config.HttpBind, config.HttpPort, isTls: false);
        AddPort(addresses, config.HttpBind, config.HttpsPort, isTls: true);
        return addresses;
    }

    private static void AddPort(List<ListenAddress> addresses, IReadOnlyList<string> bind, int port, bool isTls)
    {
        if (port == 0)
        {
            return;
        }

        foreach (string word in bind)
        {
            bool optional = word.StartsWith('-');
            addresses.Add(new ListenAddress(new IPEndPoint(Parse(optional ? word[1..] : word), port), optional, isTls));
        }
    }

    private static IPAddress Parse(string address) => address switch
    {
        "*" => IPAddress.Any,
        "::*" => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(address),
    };

    private static UnixDomainSocketEndPoint UnixEndPoint(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(Path.GetFullPath(path));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new ConfigException($"unixsocket: the path {path} is longer than a unix socket's path may be (107 bytes)");
        }
    }
}
