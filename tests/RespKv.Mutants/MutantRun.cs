using System.Diagnostics;
using RespKv.TestKit.Server;

namespace RespKv.Mutants;

/// <summary>The simulation against one mutant.</summary>
/// <param name="IsCaught">It failed, as it should.</param>
/// <param name="Seconds">How long that took.</param>
/// <param name="Effort">Seeds and crashes until then, in the simulation's words.</param>
/// <param name="Found">The first line of what it found.</param>
internal sealed record MutantRun(bool IsCaught, double Seconds, string Effort, string Found)
{
    /// <summary>Exit code of a simulation that has found a broken promise, or an engine that does not recover.</summary>
    private const int LostCode = 1;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<MutantRun> SimulateAsync(MutantTree tree, string mutant, int seeds)
    {
        var watch = Stopwatch.StartNew();
        (int code, IReadOnlyList<string> lines) = await RunAsync(mutant, "dotnet", tree.Simulation, "--brief", "--seeds", $"{seeds}");
        string effort = string.Concat(lines.Where(line => line.StartsWith("done: ", StringComparison.Ordinal)));
        int failed = lines.ToList().FindIndex(line => line.StartsWith("FAILED", StringComparison.Ordinal));
        string found = failed >= 0 && failed + 1 < lines.Count ? lines[failed + 1] : "";
        return new MutantRun(code == LostCode || failed >= 0, watch.Elapsed.TotalSeconds, effort.Replace("done: ", "", StringComparison.Ordinal), found);
    }

    public static async Task<MutantRun> TestAsync(MutantTree tree, string mutant, string filter)
    {
        var watch = Stopwatch.StartNew();
        (int code, IReadOnlyList<string> lines) = await RunAsync(mutant, "dotnet", "test", tree.EngineTests, "--filter", filter);
        string summary = string.Concat(lines.Where(line => line.Contains("Failed:", StringComparison.Ordinal)));
        string found = lines.FirstOrDefault(line => line.TrimStart().StartsWith("Failed ", StringComparison.Ordinal))?.Trim() ?? "";
        return new MutantRun(code != 0 && found.Length > 0, watch.Elapsed.TotalSeconds, summary.Trim(), found);
    }

    private static async Task<(int Code, IReadOnlyList<string> Lines)> RunAsync(string mutant, params string[] command)
    {
        var environment = new Dictionary<string, string> { [MutantTree.Variable] = mutant };
        await using ChildProcess child = ChildProcess.Start(command, environment: environment);
        int code = await child.WaitForExitAsync(Limit);
        return (code, child.Lines);
    }
}
