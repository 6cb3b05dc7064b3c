using System.Diagnostics;
using System.Globalization;
using RespKv.TestKit.Server;

namespace RespKv.HostileClients;

/// <summary>One case on a server of its own: others are served meanwhile (a reply that does not come within
/// <see cref="Poll.Deadline"/> is none; how long the slowest took is told, not judged), and the memory stays within its bound.</summary>
internal sealed class HostileRun(Options options, HostileCase hostile)
{
    /// <summary>
    /// Resident memory for each byte that is live: the collector lets as much again come together before it collects.
    /// </summary>
    public const int CollectorFactor = 2;

    /// <summary>What a server takes that has begun to work, whoever its clients are: compiled code, stacks, pooled buffers.</summary>
    private const long SlackBytes = 96 << 20;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    public static string Head(bool isShort) => $"{(isShort ? "a tenth of it" : "case"),-14} {"clients do",-72} {"memory grew by",14} {"bound",10}  {"served",7} {"worst",9}  limit";

    /// <returns>False when a bound was exceeded or others were not served.</returns>
    public async Task<bool> RunAsync()
    {
        // Redis wants it to be there.
        using var directory = new TempDirectory();
        var serverOptions = new TestServerOptions
        {
            Directory = directory.Path,
            SpeaksHttp = hostile.SpeaksHttp,
            Command = options.Server is { } line ? ServerCommand.Parse(line) : ServerCommand.Built(),
            Directives = [.. options.Server is null ? TestServerOptions.SmallSegments : [], .. hostile.Directives],
        };
        await using TestServer server = await TestServer.StartAsync(serverOptions);
        using var misuse = new Misuse(server, options.Short, hostile.SpeaksHttp ? server.HttpPort : server.Port);
        if (hostile.WhyNot is { } whyNot && await whyNot(misuse) is { } reason)
        {
            Console.WriteLine($"{hostile.Name,-14} SKIPPED: {reason}");
            return true;
        }

        using Neighbour neighbour = await Neighbour.StartAsync(server, Password());
        await Task.Delay(WarmUp);
        long before = MemoryWatch.Now(server.Process.Id);
        MemoryWatch.ForgetPeak(server.Process.Id);
        long start = Stopwatch.GetTimestamp();
        string? problem = await MisuseAsync(misuse);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        problem ??= server.Process.HasExited ? "the server has ended" : null;
        long grown = server.Process.HasExited ? 0 : MemoryWatch.Peak(server.Process.Id) - before;
        await neighbour.StopAsync();
        return Report(misuse, neighbour, problem ?? neighbour.Problem, grown, time);
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0} MB");

    private async Task<string?> MisuseAsync(Misuse misuse)
    {
        try
        {
            await hostile.Run(misuse);
            return null;
        }
        catch (Exception e) when (e is NotServedException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            return e.Message;
        }
    }

    private bool Report(Misuse misuse, Neighbour neighbour, string? problem, long grown, TimeSpan time)
    {
        Bound bound = hostile.Bound(misuse);
        long most = (bound.Bytes * CollectorFactor) + SlackBytes;
        problem ??= grown > most ? "the bound is exceeded"
            : neighbour.Served == 0 ? "the neighbour was not served"
            : null;
        Console.WriteLine(
            $"{hostile.Name,-14} {hostile.Says,-72} {Megabytes(grown),14} {Megabytes(most),10}  {neighbour.Served,7} {neighbour.Worst.TotalMilliseconds,6:F0} ms  {bound.Limit}"
            + $"{(misuse.Remark.Length > 0 ? "; " + misuse.Remark : "")} [{time.TotalSeconds:F0} s]");
        if (problem is not null)
        {
            Console.WriteLine($"{"",-14} FAILED: {problem}");
        }

        return problem is null;
    }

    private string? Password()
    {
        int place = hostile.Directives.ToList().IndexOf("--requirepass");
        return place < 0 ? null : hostile.Directives[place + 1];
    }
}
