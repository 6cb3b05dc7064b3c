using RespKv.TestKit.Server;

namespace RespKv.Mutants;

/// <summary>
/// A copy of the tree with every mutant planted behind a switch, built once. The tree itself holds none of them.
/// </summary>
internal sealed class MutantTree : IDisposable
{
    /// <summary>Names the one that is on. Read once, by the copy only.</summary>
    public const string Variable = "RESPKV_MUTANT";

    private const string SwitchFile = "RespKv.Storage/Mutant.cs";

    private const string Switch = """
        namespace RespKv.Storage;

        public static class Mutant
        {
            private static readonly string? Active = System.Environment.GetEnvironmentVariable("RESPKV_MUTANT");

            public static bool Is(string name) => Active == name;
        }
        """;

    /// <summary>What the simulation and the engine's tests are made of.</summary>
    private static readonly string[] Projects =
        ["src/RespKv.Protocol", "src/RespKv.Storage", "src/RespKv.Engine", "tests/RespKv.TestKit", "tests/RespKv.Simulation", "tests/RespKv.Engine.Tests"];

    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(10);

    private readonly TempDirectory _home = new();

    /// <summary>The simulation of the copy.</summary>
    public string Simulation => _home.Inside("artifacts/bin/RespKv.Simulation/release/RespKv.Simulation.dll");

    /// <summary>The engine's tests of the copy.</summary>
    public string EngineTests => _home.Inside("artifacts/bin/RespKv.Engine.Tests/release/RespKv.Engine.Tests.dll");

    /// <summary>Which mutants do not fit the source any more. Changes nothing.</summary>
    public static IReadOnlyList<string> Misfits(string root)
    {
        return [.. MutantList.All.Where(mutant => Count(File.ReadAllText(Path.Combine(root, "src", mutant.File)), mutant.Old) != 1).Select(mutant => mutant.Name)];
    }

    /// <exception cref="InvalidOperationException">A mutant does not fit the source, or the copy does not build.</exception>
    public async Task BuildAsync(string root)
    {
        // The settings that all projects share.
        foreach (string place in new[] { "", "src", "tests" })
        {
            Directory.CreateDirectory(_home.Inside(place));
            foreach (string file in Directory.GetFiles(Path.Combine(root, place)).Where(file => Path.GetExtension(file) is not ".sln"))
            {
                File.Copy(file, Path.Combine(_home.Inside(place), Path.GetFileName(file)));
            }
        }

        foreach (string project in Projects)
        {
            Copy(Path.Combine(root, project), _home.Inside(project));
        }

        foreach (Mutant mutant in MutantList.All)
        {
            string path = _home.Inside(Path.Combine("src", mutant.File));
            string replacement = mutant.New.Replace("IS_ON", $"global::RespKv.Storage.Mutant.Is(\"{mutant.Name}\")", StringComparison.Ordinal);
            string text = await File.ReadAllTextAsync(path);
            if (Count(text, mutant.Old) != 1)
            {
                throw new InvalidOperationException($"{mutant.Name}: the source has changed under it, or it overlaps another mutant");
            }

            await File.WriteAllTextAsync(path, text.Replace(mutant.Old, replacement, StringComparison.Ordinal));
        }

        await File.WriteAllTextAsync(_home.Inside(Path.Combine("src", SwitchFile)), Switch);
        await BuildAsync("tests/RespKv.Simulation", "tests/RespKv.Engine.Tests");
    }

    private async Task BuildAsync(params string[] projects)
    {
        foreach (string project in projects)
        {
            string[] options = ["--configuration", "Release", "--artifacts-path", _home.Inside("artifacts"), "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false"];
            await using ChildProcess build = ChildProcess.Start(["dotnet", "build", _home.Inside(project), .. options]);
            if (await build.WaitForExitAsync(BuildLimit) != 0)
            {
                throw new InvalidOperationException($"the copy does not build:\n{string.Join('\n', build.Lines.Where(line => line.Contains("error", StringComparison.Ordinal)).Take(10))}");
            }
        }
    }

    public void Dispose() => _home.Dispose();

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string directory in Directory.GetDirectories(from).Where(directory => Path.GetFileName(directory) is not ("bin" or "obj")))
        {
            Copy(directory, Path.Combine(to, Path.GetFileName(directory)));
        }
    }
}
