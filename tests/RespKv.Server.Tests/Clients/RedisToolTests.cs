using System.Globalization;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Clients;

/// <summary>redis-cli and redis-benchmark of Debian.</summary>
public sealed class RedisToolTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [RequiresFact("redis-cli")]
    public async Task Redis_cli_sets_reads_and_deletes()
    {
        Assert.Equal("OK\n", await CliAsync("SET", "cli:name", "größe"));
        Assert.Equal("größe\n", await CliAsync("--raw", "GET", "cli:name"));
        Assert.Equal("(integer) 1\n", await CliAsync("--no-raw", "DEL", "cli:name"));
        Assert.Equal("(nil)\n", await CliAsync("--no-raw", "GET", "cli:name"));
        Assert.Equal("(error) ERR wrong number of arguments for 'get' command\n", await CliAsync("--no-raw", "GET"));
    }

    [RequiresFact("redis-cli")]
    public async Task Redis_cli_speaks_RESP3()
    {
        await CliAsync("DEL", "cli:missing");

        Assert.Contains("1# \"server\" => \"redis\"", await CliAsync("--no-raw", "HELLO", "3"), StringComparison.Ordinal);
        Assert.Equal("(nil)\n", await CliAsync("-3", "--no-raw", "GET", "cli:missing"));
        Assert.Contains("1# \"maxclients\" => \"", await CliAsync("-3", "--no-raw", "CONFIG", "GET", "maxclients"), StringComparison.Ordinal);
    }

    [RequiresFact("redis-cli")]
    public async Task Redis_cli_scans_and_prints_statistics()
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"scan:{i}")];
        foreach (string[] chunk in names.Chunk(50))
        {
            await CliAsync(["MSET", .. chunk.SelectMany(name => new[] { name, "x" })]);
        }

        string[] scanned = (await CliAsync("--scan", "--pattern", "scan:*")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(names.Order(), scanned.Order());
        Assert.Contains("durable_lsn:", await CliAsync("INFO", "persistence"), StringComparison.Ordinal);
    }

    [RequiresFact("redis-cli")]
    public async Task A_bulk_load_through_pipe_mode_is_answered_whole()
    {
        const int Records = 20_000;
        using var commands = new MemoryStream();
        for (int i = 0; i < Records; i++)
        {
            RawClient.AppendTo(commands, "SET"u8.ToArray(), [.. "pipe:"u8, (byte)i, (byte)(i >> 8)], new byte[i % 100]);
        }

        commands.Position = 0;
        ToolResult result = await Tool.RunAsync(["redis-cli", "-p", Port, "-n", "5", "--pipe"], commands);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains($"errors: 0, replies: {Records}", result.Output, StringComparison.Ordinal);
        using RawClient client = await fixture.Server.ConnectAsync();
        await client.CallAsync("SELECT", "5");
        Assert.Equal(Records, (await client.CallAsync("DBSIZE")).Integer);
        Assert.Equal(77, (await client.CallAsync("STRLEN", $"pipe:{(char)(77 + 1000 & 255)}{(char)(77 + 1000 >> 8)}")).Integer);
    }

    [RequiresFact("redis-benchmark")]
    public async Task Redis_benchmark_runs_its_tests_of_strings()
    {
        const int Requests = 2000;
        string[] command = ["redis-benchmark", "-p", Port, "-t", "ping,set,get,incr,mset", "-n", $"{Requests}", "-c", "20", "-P", "4", "-r", "1000", "--csv"];

        ToolResult result = await Tool.RunAsync(command);

        Assert.True(result.ExitCode == 0, result.ToString());
        string[] rows = [.. result.Output.Split('\n').Where(line => line.StartsWith('"') && !line.StartsWith("\"test\"", StringComparison.Ordinal))];
        Assert.Equal(6, rows.Length);
        Assert.All(rows, row => Assert.True(double.Parse(row.Split('"')[3], CultureInfo.InvariantCulture) > 0, row));
        using RawClient client = await fixture.Server.ConnectAsync();
        RespValue size = await client.CallAsync("DBSIZE");
        Assert.True(size.Integer > 100, $"{size.Integer} keys after the benchmark");
    }

    private string Port => $"{fixture.Server.Port}";

    private async Task<string> CliAsync(params string[] args)
    {
        ToolResult result = await Tool.RunAsync(["redis-cli", "-p", Port, .. args]);
        return result.Output + result.Errors;
    }
}
