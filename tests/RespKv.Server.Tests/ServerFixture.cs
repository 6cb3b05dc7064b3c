using RespKv.TestKit.Server;

namespace RespKv.Server.Tests;

/// <summary>One server with default settings for the tests of a class that do not disturb each other.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
