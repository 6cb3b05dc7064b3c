using System.Net;
using System.Net.Sockets;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

public sealed class ListenSocketsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly PosixFileSystem _files = new();
    private readonly ListLog _log = new();
    private readonly int _port = FreePort.Take();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Bind_OptionalAddressThatThisMachineLacks_IsLeftOut()
    {
        using ListenSockets sockets = Bind("127.0.0.1 -192.0.2.1 127.0.0.1");

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, _port)], sockets.EndPoints);
        Assert.Contains(_log.Lines, line => line.Line.Contains("192.0.2.1", StringComparison.Ordinal));
    }

    [Fact]
    public void Bind_AddressThatThisMachineLacks_NamesIt()
    {
        var e = Assert.Throws<ConfigException>(() => Bind("192.0.2.1"));

        Assert.StartsWith($"Could not create server listening socket 192.0.2.1:{_port}: bind:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_OnlyOptionalAddressesAndNoneThere_IsRefused()
    {
        var e = Assert.Throws<ConfigException>(() => Bind("-192.0.2.1"));

        Assert.Equal("none of the addresses in bind exists on this machine", e.Message);
    }

    [Fact]
    public void Bind_PortInUse_IsRefusedEvenWhenOptional()
    {
        using var taken = new TcpListener(IPAddress.Loopback, _port);
        taken.Start();

        var e = Assert.Throws<ConfigException>(() => Bind("-127.0.0.1"));

        Assert.Contains("Address already in use", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_EachEndPoint_IsHandedOutOnce()
    {
        using ListenSockets sockets = Bind("127.0.0.1");
        using Socket socket = sockets.Take(sockets.EndPoints[0]);

        Assert.Throws<InvalidOperationException>(() => sockets.Take(sockets.EndPoints[0]));
    }

    [Fact]
    public void Bind_UnixSocketOfAProcessThatDied_IsReplaced()
    {
        string path = _directory.Inside("x.sock");
        var endPoint = new UnixDomainSocketEndPoint(path);
        using (var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            first.Bind(endPoint);

            // Closing would remove the file; a name of its own keeps it, as a killed process does.
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);

        using ListenSockets sockets = ListenSockets.Bind(UnixOnly(path), _files, _log);

        Assert.Equal(endPoint, Assert.Single(sockets.EndPoints));
    }

    [Fact]
    public void Bind_UnixSocketOfARunningServer_IsRefused()
    {
        string path = _directory.Inside("x.sock");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen(1);

        var e = Assert.Throws<ConfigException>(() => ListenSockets.Bind(UnixOnly(path), _files, _log));

        Assert.Equal($"unixsocket: another server listens on {path}", e.Message);
    }

    [Fact]
    public void Bind_UnixSocketPathOfAFile_KeepsTheFile()
    {
        string path = _directory.Inside("precious.txt");
        File.WriteAllText(path, "data");

        var e = Assert.Throws<ConfigException>(() => ListenSockets.Bind(UnixOnly(path), _files, _log));

        Assert.Equal($"unixsocket: {path} exists and is no socket", e.Message);
        Assert.Equal("data", File.ReadAllText(path));
    }

    private static ServerConfig UnixOnly(string path) => ServerConfig.With(("port", "0"), ("unixsocket", path));

    private ListenSockets Bind(string addresses) =>
        ListenSockets.Bind(ServerConfig.With(("port", $"{_port}"), ("bind", addresses)), _files, _log);
}
