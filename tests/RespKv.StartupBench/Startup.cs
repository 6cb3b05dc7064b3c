using System.Diagnostics;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;

namespace RespKv.StartupBench;

/// <summary>Opens an engine on a directory and says how long it took.</summary>
internal static class Startup
{
    public static async Task RunAsync(string directory)
    {
        // The directory is left as it is: nothing but recovery happens.
        EngineHost host = EngineHost.Create(
            new PosixFileSystem(),
            settings: [("dir", Path.GetFullPath(directory)), ("wal-segment-size", "64mb"), ("checkpoint-log-bytes", "0"), ("checkpoint-on-shutdown", "no")]);
        long started = Stopwatch.GetTimestamp();
        await host.Engine.OpenAsync(CancellationToken.None);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long keys;
        using (TestClient client = host.Connect())
        {
            keys = client.Run("DBSIZE").Integer;
        }

        foreach ((_, string line) in host.Log.Lines)
        {
            Console.WriteLine("  " + line);
        }

        using var process = Process.GetCurrentProcess();
        Console.WriteLine(
            $"{keys} keys, {host.Engine.RecoveryReport?.Records} log records in {seconds:F3} s; CPU {process.TotalProcessorTime.TotalSeconds:F1} s, "
                + $"resident {process.WorkingSet64 >> 20} MiB, peak {process.PeakWorkingSet64 >> 20} MiB, collections {GC.CollectionCount(0)}/{GC.CollectionCount(2)}, paused {GC.GetTotalPauseDuration().TotalMilliseconds:F0} ms");
        await host.DisposeAsync();
    }
}
