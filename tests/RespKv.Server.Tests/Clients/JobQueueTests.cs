using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Clients;

/// <summary>A queue that people use, with the server killed in the middle: what was acknowledged to producers and workers holds.</summary>
public sealed class JobQueueTests
{
    [KombuFact]
    public async Task Kombu_loses_no_job_and_repeats_none_that_was_done_when_the_server_is_killed()
    {
        await using TestServer server = await TestServer.StartAsync();
        Task<ToolResult> script = ClientScripts.RunPythonAsync("kombu_jobs.py", server.Port);
        using (RawClient client = await server.ConnectAsync())
        {
            await Poll.UntilAsync("the worker waits for the kill", async () => script.IsCompleted || (await client.CallAsync("GET", "jobs:kill")).Kind == RespKind.BulkString);
        }

        await server.KillAsync();
        await server.RestartAsync();

        ToolResult result = await script;
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("as expected", result.Output, StringComparison.Ordinal);
    }
}
