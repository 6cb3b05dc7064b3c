using System.Net;
using StackExchange.Redis;

namespace RespKv.Server.Tests.Clients;

/// <summary>A connected multiplexer with time-outs that a busy machine does not reach.</summary>
internal sealed class StackExchangeClient : IDisposable
{
    /// <summary>How long a reply may take: only ends a test that has failed.</summary>
    private const int TimeoutMillis = 60_000;

    private StackExchangeClient(ConnectionMultiplexer multiplexer) => Multiplexer = multiplexer;

    public ConnectionMultiplexer Multiplexer { get; }

    public static async Task<StackExchangeClient> ConnectAsync(int port)
    {
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            AllowAdmin = true,
            ConnectTimeout = TimeoutMillis,
            SyncTimeout = TimeoutMillis,
            EndPoints = { { IPAddress.Loopback, port } },
        };
        return new StackExchangeClient(await ConnectionMultiplexer.ConnectAsync(options));
    }

    public IDatabase Database(int number) => Multiplexer.GetDatabase(number);

    public IServer Server => Multiplexer.GetServer(Multiplexer.GetEndPoints()[0]);

    /// <summary>
    /// Without QUIT: release 1.2.6 waits out its time-out when the reply and the end of the connection arrive together, from Redis too.
    /// </summary>
    public void Dispose()
    {
        Multiplexer.Close(allowCommandsToComplete: false);
        Multiplexer.Dispose();
    }
}
