using System.Net;
using System.Net.Sockets;

namespace RespKv.Hosting.Connections;

/// <summary>Addresses as CLIENT LIST shows them.</summary>
internal static class AddressText
{
    /// <summary><c>127.0.0.1:50000</c>, <c>[::1]:50000</c>; for a unix socket the path that it listens on and <c>:0</c>, at both ends.</summary>
    public static string Of(EndPoint? endPoint, EndPoint? listening)
    {
        if (endPoint is IPEndPoint ip)
        {
            IPAddress address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
            return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]:{ip.Port}" : $"{address}:{ip.Port}";
        }

        return listening is UnixDomainSocketEndPoint ? $"{listening}:0" : "?:0";
    }
}
