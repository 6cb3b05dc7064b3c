using System.Net;
using System.Net.Sockets;
using RespKv.Engine.Configuration;
using RespKv.Hosting;

namespace RespKv.Server.Tests.Configuration;

public sealed class ListenAddressesTests
{
    [Fact]
    public void ToListenOn_EveryForm_BecomesAnEndPoint()
    {
        ServerConfig config = ServerConfig.With(("port", "7000"), ("bind", "* ::* localhost 192.0.2.1 -::1"), ("unixsocket", "/run/x.sock"));

        Assert.Equal(
            [
                new(new IPEndPoint(IPAddress.Any, 7000), Optional: false),
                new(new IPEndPoint(IPAddress.IPv6Any, 7000), Optional: false),
                new(new IPEndPoint(IPAddress.Loopback, 7000), Optional: false),
                new(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 7000), Optional: false),
                new(new IPEndPoint(IPAddress.IPv6Loopback, 7000), Optional: true),
                new ListenAddress(new UnixDomainSocketEndPoint("/run/x.sock"), Optional: false),
            ],
            ListenAddresses.ToListenOn(config));
    }

    [Fact]
    public void ToListenOn_PortZero_LeavesTheUnixSocket()
    {
        ListenAddress only = Assert.Single(ListenAddresses.ToListenOn(ServerConfig.With(("port", "0"), ("unixsocket", "x.sock"))));

        Assert.Equal(Path.GetFullPath("x.sock"), only.EndPoint.ToString());
    }

    [Fact]
    public void ToListenOn_PathTooLongForASocket_IsRefused()
    {
        var e = Assert.Throws<ConfigException>(() => ListenAddresses.ToListenOn(ServerConfig.With(("unixsocket", "/" + new string('x', 200)))));

        Assert.Contains("longer than a unix socket's path may be", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "127.0.0.1:6380")]
    [InlineData("::*", "[::1]:6380")]
    [InlineData("192.0.2.1 *", "192.0.2.1:6380")]
    [InlineData("-127.0.0.1", "127.0.0.1:6380")]
    public void ToConnectTo_Bind_IsReachableFromThisMachine(string bind, string endPoint)
    {
        Assert.Equal(endPoint, ListenAddresses.ToConnectTo(ServerConfig.With(("bind", bind))).EndPoint.ToString());
    }
}
