using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

public sealed class ThreadPlacementTests
{
    [Fact]
    public async Task ServerCpuList_ConfinesTheThreadsThatClientsWaitFor_AndNoOthers()
    {
        string processor = AllowedOf("/proc/self/status").Split('-', ',')[^1];
        await using TestServer server = await TestServer.StartAsync("--server_cpulist", processor, "--io-threads", "2");

        Dictionary<string, string> allowed = Directory.GetDirectories($"/proc/{server.Process.Id}/task")
            .Select(task => (Name: File.ReadAllText($"{task}/comm").Trim(), Allowed: AllowedOf($"{task}/status")))
            .DistinctBy(thread => thread.Name)
            .ToDictionary(thread => thread.Name, thread => thread.Allowed);

        Assert.Equal(processor, allowed["event-loop-0"]);
        Assert.Equal(processor, allowed["event-loop-1"]);
        Assert.Equal(processor, allowed["wal-writer"]);
        Assert.Equal(AllowedOf("/proc/self/status"), allowed["checkpoint"]);
    }

    [Fact]
    public async Task ServerCpuList_OfProcessorsThatAreNotThere_IsSaidAndNotFollowed()
    {
        await using TestServer server = await TestServer.StartAsync("--server_cpulist", "8191");

        server.Process.Signal(ChildProcess.SigTerm);
        await server.Process.WaitForExitAsync();
        Assert.Contains(server.Process.Lines, line => line.Contains("server_cpulist 8191 is not followed: sched_setaffinity", StringComparison.Ordinal));
    }

    private static string AllowedOf(string status)
        => File.ReadLines(status).First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1];
}
