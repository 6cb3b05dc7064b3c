using System.Diagnostics;
using RespKv.TestKit.Server;

namespace RespKv.RealInput;

/// <summary>One load with a strike in its middle: load, strike, restart, compare, finish, compare.</summary>
internal sealed class StrikeRun(Options options, int seed, IReadOnlyList<Record> records, ILoader loader)
{
    /// <summary>Roomy enough for the whole index, spare segments and the file system's own.</summary>
    private const int DiskMebibytes = 1024;

    /// <summary>True when all is as promised.</summary>
    public async Task<bool> RunAsync()
    {
        // Somewhere in the middle, so that there is something before and something after.
        int threshold = Math.Max(1, (int)(records.Count * (0.1 + (0.8 * new Random(seed).NextDouble()))));
        Say($"== {loader.Name}, appendfsync {options.AppendFsync}, {(options.PowerCut ? "power cut" : "SIGKILL")} after {threshold:N0} acknowledgements (seed {seed})");
        await using LoopDisk? disk = options.PowerCut ? await LoopDisk.CreateAsync(DiskMebibytes) : null;
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions
        {
            Command = options.Server is null ? ServerCommand.Built() : ServerCommand.Parse(options.Server),
            AppendFsync = options.AppendFsync,
            Directives = DirectivesOf(options),
            Directory = disk is null ? null : DirectoryOn(disk),
        });

        var acknowledged = new Acknowledgements(records.Count, threshold);
        await LoadAndStrikeAsync(server, disk, acknowledged);
        Comparison after = await CompareAfterRestartAsync(server, disk, acknowledged);
        Comparison end = await FinishAsync(server, after);
        await server.KillAsync();
        return Judge(after, end);
    }

    private static List<string> DirectivesOf(Options options)
    {
        List<string> directives = [];
        if (options.IntervalMillis is int millis)
        {
            directives.AddRange(["--appendfsync-interval-ms", $"{millis}"]);
        }

        if (options.Checkpoints)
        {
            directives.AddRange(["--wal-segment-size", "1mb", "--checkpoint-log-bytes", "256kb", "--hz", "100"]);
        }

        return directives;
    }

    private static string DirectoryOn(LoopDisk disk) => Directory.CreateDirectory(Path.Combine(disk.MountPoint, "data")).FullName;

    private async Task LoadAndStrikeAsync(TestServer server, LoopDisk? disk, Acknowledgements acknowledged)
    {
        var watch = Stopwatch.StartNew();
        Task<string?> load = Task.Run(() => loader.LoadAsync(server.Port, records, acknowledged));
        Task first = await Task.WhenAny(acknowledged.Reached, load);
        if (first == load)
        {
            throw new InvalidOperationException($"The load ended before the strike: {await load}");
        }

        TimeSpan elapsed = watch.Elapsed;
        if (disk is null)
        {
            await server.KillAsync();
        }
        else
        {
            disk.CutPower();
            await SayHowItEndedAsync(server, load);
        }

        string? said = await load;
        Say($"   struck        after {elapsed.TotalSeconds:F2} s; the client: {said ?? "had finished"}");
        Say($"   acknowledged  {acknowledged.Count:N0} of {records.Count:N0}");
    }

    /// <summary>Without its disk a server ends by itself when it has to write; one that had nothing left to write is killed.</summary>
    private static async Task SayHowItEndedAsync(TestServer server, Task<string?> load)
    {
        if (await load is null)
        {
            server.Process.Signal(ChildProcess.SigKill);
        }

        int code = await server.Process.WaitForExitAsync();
        Say($"   server        exit code {code}: {(server.Process.Lines.Count > 0 ? server.Process.Lines[^1] : "")}");
    }

    private async Task<Comparison> CompareAfterRestartAsync(TestServer server, LoopDisk? disk, Acknowledgements acknowledged)
    {
        if (disk is not null)
        {
            await disk.PowerUpAsync();
        }

        var watch = Stopwatch.StartNew();
        await server.RestartAsync();
        Say($"   recovery      {watch.Elapsed.TotalSeconds:F2} s from the start of the process to its first answer");
        foreach (string line in server.Process.Lines.Where(line => line.Contains("recover", StringComparison.OrdinalIgnoreCase)))
        {
            Say($"   its log       {line}");
        }

        Comparison after = await Comparison.MakeAsync(server.Port, records, i => acknowledged[i]);
        Say($"   found         {after.Found:N0}, byte for byte ({after.Found - acknowledged.Count + after.Lost:N0} of them not acknowledged)");
        Say($"   lost          {after.Lost:N0} of what was acknowledged");
        Say($"   damaged       {after.Damaged:N0}; never sent: {after.Strange:N0}; nothing after the first missing one: {(after.IsPrefix ? "yes" : "NO")}");
        return after;
    }

    private async Task<Comparison> FinishAsync(TestServer server, Comparison after)
    {
        List<Record> rest = [.. records.Where((_, i) => !after.Present[i])];
        var acknowledged = new Acknowledgements(rest.Count, rest.Count);
        var watch = Stopwatch.StartNew();
        string? said = await loader.LoadAsync(server.Port, rest, acknowledged);
        double seconds = watch.Elapsed.TotalSeconds;
        if (said is not null || acknowledged.Count != rest.Count)
        {
            throw new InvalidOperationException($"The rest was not loaded: {acknowledged.Count:N0} of {rest.Count:N0} acknowledged; the client: {said}");
        }

        Comparison end = await Comparison.MakeAsync(server.Port, records, _ => true);
        Say($"   finished      {rest.Count:N0} more in {seconds:F2} s ({rest.Count / seconds:N0} records/s); {end.Found:N0} of {records.Count:N0} there, byte for byte");
        return end;
    }

    private bool Judge(Comparison after, Comparison end)
    {
        bool whole = after is { Damaged: 0, Strange: 0, IsPrefix: true } && end is { Damaged: 0, Strange: 0, Lost: 0 } && end.Found == records.Count;
        bool kept = after.Lost == 0 || options.AppendFsync != "always";
        string verdict = after.Lost == 0 ? "as promised" : $"as {options.AppendFsync} promises: what was not yet synced is gone, and nothing else";
        Say(whole && kept ? $"   {verdict}" : "   NOT AS PROMISED");
        return whole && kept;
    }

    private static void Say(string line) => Console.WriteLine(line);
}
