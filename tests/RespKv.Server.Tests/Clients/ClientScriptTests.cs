using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Clients;

/// <summary>Client libraries of other languages, as they are published, RESP3 handshake included. What they do is in tests/clients.</summary>
public sealed class ClientScriptTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [NodeFact]
    public async Task Node_redis_finds_everything_as_it_should_be()
        => Check(await ClientScripts.RunNodeAsync("node-redis.mjs", fixture.Server.Port));

    [NodeFact]
    public async Task Ioredis_finds_everything_as_it_should_be()
        => Check(await ClientScripts.RunNodeAsync("ioredis.mjs", fixture.Server.Port));

    [PythonRedisFact]
    public async Task Python3_redis_finds_everything_as_it_should_be()
        => Check(await ClientScripts.RunPythonAsync("python_redis.py", fixture.Server.Port));

    [NodeFact]
    public async Task Node_redis_finds_collections_as_they_should_be()
        => Check(await ClientScripts.RunNodeAsync("node-redis-collections.mjs", fixture.Server.Port));

    [NodeFact]
    public async Task Ioredis_finds_collections_as_they_should_be()
        => Check(await ClientScripts.RunNodeAsync("ioredis-collections.mjs", fixture.Server.Port));

    [PythonRedisFact]
    public async Task Python3_redis_finds_collections_as_they_should_be()
        => Check(await ClientScripts.RunPythonAsync("python_collections.py", fixture.Server.Port));

    [HiredisFact]
    public async Task Hiredis_finds_everything_as_it_should_be()
        => Check(await ClientScripts.RunHiredisAsync("hiredis.c", fixture.Server.Port));

    private static void Check(ToolResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("as expected", result.Output, StringComparison.Ordinal);
    }
}
