using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using RespKv.Engine;

namespace RespKv.Http.Tests;

/// <summary>The HTTP door of an engine inside the test's process, whose disk and state the test decides.</summary>
internal sealed class InProcessDoor : IAsyncDisposable
{
    private readonly HttpDoor _door;

    private InProcessDoor(HttpDoor door, HttpClient client)
    {
        _door = door;
        Client = client;
    }

    public HttpClient Client { get; }

    public static async Task<InProcessDoor> OpenAsync(RespEngine engine)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint address = socket.LocalEndPoint!;
        var door = new HttpDoor(engine, [new HttpEndPoint(address, IsTls: false, () => socket)], tls: null, NullLoggerProvider.Instance);
        await door.StartAsync(CancellationToken.None);
        return new InProcessDoor(door, new HttpClient { BaseAddress = new Uri($"http://{address}") });
    }

    public Task StopAsync() => _door.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _door.StopAsync(CancellationToken.None);
        await _door.DisposeAsync();
    }
}
