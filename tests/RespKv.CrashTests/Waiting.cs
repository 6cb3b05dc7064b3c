using System.Diagnostics;

namespace RespKv.CrashTests;

/// <summary>Waits for something that may not come, closely: moments are what is at stake.</summary>
internal static class Waiting
{
    public static async Task ForAsync(TimeSpan deadline, Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition() && watch.Elapsed < deadline)
        {
            await Task.Delay(1);
        }
    }
}
