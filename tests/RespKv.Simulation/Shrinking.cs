using System.Globalization;

namespace RespKv.Simulation;

/// <summary>Finds the shortest prefix of a failing run that still fails: the same seed, every switch point of the life in question crashed.</summary>
internal static class Shrinking
{
    private const int LinesMax = 80;

    /// <summary>Prints what happened up to there.</summary>
    public static void Run(int seed, SimulationFailedException failure)
    {
        if (!Repeat(seed, failure, failure.Life) && !Repeat(seed, failure, denseLife: 0))
        {
            Console.WriteLine("It did not fail again: something in the run is not drawn from the seed. That is a fault of its own.");
        }
    }

    private static bool Repeat(int seed, SimulationFailedException failure, int denseLife)
    {
        var lines = new List<string>();
        int recoveryStart = 0;
        var run = new SeedRun(seed, new Trace(Keep)) { DenseLife = denseLife };
        try
        {
            run.Run();
            return false;
        }
        catch (SimulationFailedException shorter)
        {
            Console.WriteLine($"Shortest prefix that fails: life {shorter.Life}, {shorter.Switch} switch points (first seen at {failure.Switch}).");
            Console.WriteLine(shorter.Message);
            Console.WriteLine($"What led to it (the last {LinesMax} lines, each with its switch point):");
            int end = recoveryStart == 0 ? lines.Count : recoveryStart;
            IEnumerable<string> life = lines.Take(end).Where(line => SwitchOf(line) <= shorter.Switch).TakeLast(LinesMax);
            Console.WriteLine(string.Join('\n', life.Concat(lines.Skip(end))));
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine($"Repeated, the run itself went wrong: {e.Message}");
            return true;
        }

        void Keep(string line)
        {
            if (line.StartsWith("life ", StringComparison.Ordinal))
            {
                lines.Clear();
                recoveryStart = 0;
            }
            else if (line.StartsWith("recovery ", StringComparison.Ordinal))
            {
                lines.RemoveRange(recoveryStart == 0 ? lines.Count : recoveryStart, recoveryStart == 0 ? 0 : lines.Count - recoveryStart);
                recoveryStart = lines.Count;
            }

            if (!line.StartsWith("    ", StringComparison.Ordinal))
            {
                lines.Add(line);
            }
        }
    }

    /// <summary>Lines begin with the switch point, after two spaces.</summary>
    private static int SwitchOf(string line) => int.TryParse(line.AsSpan(2, Math.Max(0, line.IndexOf(' ', 2) - 2)), CultureInfo.InvariantCulture, out int number) ? number : 0;
}
