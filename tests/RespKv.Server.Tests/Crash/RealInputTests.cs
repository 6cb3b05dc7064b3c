using System.Text.RegularExpressions;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Crash;

/// <summary>The short form of tests/RespKv.RealInput: Debian's package index loaded, struck in the middle, compared.</summary>
public sealed class RealInputTests
{
    private const string Program = "RespKv.RealInput.dll";
    private const string Records = "3000";

    [PackageIndexFact]
    public async Task After_SIGKILL_nothing_acknowledged_of_real_input_is_lost()
    {
        ToolResult result = await RunAsync("--via", "both");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal([0, 0], Lost(result));
    }

    [PackageIndexLoopDiskFact]
    public async Task After_a_power_cut_nothing_acknowledged_of_real_input_is_lost()
    {
        ToolResult result = await RunAsync("--via", "both", "--power-cut");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal([0, 0], Lost(result));
    }

    /// <summary>The same eyes see a loss where there is one: so the test above proves something.</summary>
    [PackageIndexLoopDiskFact]
    public async Task After_a_power_cut_under_everysec_what_was_not_yet_synced_is_lost_and_nothing_is_damaged()
    {
        ToolResult result = await RunAsync("--via", "cli", "--power-cut", "--appendfsync", "everysec", "--interval-ms", "600000");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.All(Lost(result), lost => Assert.True(lost > 0, result.ToString()));
    }

    private static Task<ToolResult> RunAsync(params string[] options)
        => Tool.RunAsync(["dotnet", Path.Combine(AppContext.BaseDirectory, Program), "--records", Records, .. options]);

    private static List<int> Lost(ToolResult result)
        => [.. Regex.Matches(result.Output, @"lost +([\d,]+) of").Select(match => int.Parse(match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal)))];
}
