using System.Globalization;

namespace RespKv.HostileClients;

/// <summary>Resident memory of a process, as the kernel counts it. Bytes.</summary>
internal static class MemoryWatch
{
    private const long Kibibyte = 1024;

    public static long Now(int process) => Read(process, "VmRSS:");

    /// <summary>The most since <see cref="ForgetPeak"/>.</summary>
    public static long Peak(int process) => Read(process, "VmHWM:");

    /// <summary>What was before does not count.</summary>
    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private static long Read(int process, string field)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        string number = line[field.Length..].Trim().Split(' ')[0];
        return long.Parse(number, CultureInfo.InvariantCulture) * Kibibyte;
    }
}
