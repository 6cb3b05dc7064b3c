using System.Net;
using System.Net.Sockets;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Hostile;

/// <summary>A client whose socket always has more to read is not the only one that is read from.</summary>
public sealed class FloodTests
{
    private const int Flooders = 4;
    private const int RoundTrips = 10;

    [Fact]
    public async Task Clients_that_never_stop_sending_do_not_keep_another_from_being_served()
    {
        await using TestServer server = await TestServer.StartAsync();
        using RawClient other = await server.ConnectAsync();
        using var served = new CancellationTokenSource();
        Task[] floods = [.. Enumerable.Range(0, Flooders).Select(_ => Task.Run(() => FloodAsync(server.Port, served.Token)))];

        // Each reply has the deadline of the client: a flood ends only when all of them have come.
        for (int i = 0; i < RoundTrips; i++)
        {
            Assert.Equal("PONG", (await other.CallAsync("PING")).Text);
        }

        await served.CancelAsync();
        await Task.WhenAll(floods);
    }

    private static async Task FloodAsync(int port, CancellationToken served)
    {
        byte[] pings = [.. Enumerable.Repeat("PING\r\n"u8.ToArray(), 4000).SelectMany(ping => ping)];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), CancellationToken.None);
        Task reading = DrainAsync(socket);
        while (!served.IsCancellationRequested)
        {
            await socket.SendAsync(pings, CancellationToken.None);
        }

        socket.Shutdown(SocketShutdown.Send);
        await reading;
    }

    private static async Task DrainAsync(Socket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer) > 0)
        {
        }
    }
}
