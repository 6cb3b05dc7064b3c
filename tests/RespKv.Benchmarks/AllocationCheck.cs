using RespKv.TestKit.Measuring;

namespace RespKv.Benchmarks;

/// <summary>That the hottest commands allocate nothing on their client's thread once everything has its size.</summary>
internal static class AllocationCheck
{
    private static readonly int[] Depths = [1, 16];

    /// <summary>Prints a line for each command. Returns whether all kept the bound.</summary>
    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"Bytes that {CommandAllocations.Commands} commands allocate on their client's thread; bound {CommandAllocations.BytesMax}");
        bool kept = true;
        foreach (string command in CommandAllocations.Hot)
        {
            foreach (int depth in Depths)
            {
                long bytes = await CommandAllocations.MeasureAsync(command, depth);
                bool keeps = bytes <= CommandAllocations.BytesMax;
                kept &= keeps;
                Console.WriteLine($"{command,-40} {depth,3} a turn {bytes,12}{(keeps ? "" : "  TOO MANY")}");
            }
        }

        return kept;
    }
}
