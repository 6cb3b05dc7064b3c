using System.Net.Sockets;
using RespKv.CrashTests;
using RespKv.CrashTests.Strikes;
using RespKv.TestKit.Server;

const int AsPromised = 0;
const int NotAsPromised = 1;
const int WentWrong = 2;

try
{
    var options = Options.Parse(args);
    if (options.HelpWanted)
    {
        Console.WriteLine(Options.Help);
        return AsPromised;
    }

    IReadOnlyList<StrikeKind> strikes = options.Strikes;
    string? reason = await LoopDisk.WhyNotAsync();
    if (reason is not null && strikes.Any(kind => kind.NeedsDisk()))
    {
        Console.WriteLine($"SKIPPED: {string.Join(", ", strikes.Where(kind => kind.NeedsDisk())).ToLowerInvariant()}, and power cuts in the others: {reason}");
        strikes = [.. strikes.Where(kind => !kind.NeedsDisk())];
    }

    if (strikes.Count == 0)
    {
        return AsPromised;
    }

    await using var run = new Run(options, hasDisk: reason is null);
    return await run.RunAsync(strikes) ? AsPromised : NotAsPromised;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}; --help tells more");
    return WentWrong;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or TimeoutException or IOException or SocketException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e);
    return WentWrong;
}
