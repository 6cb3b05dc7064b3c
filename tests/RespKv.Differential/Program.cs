using RespKv.Differential;
using RespKv.TestKit.Server;

const int Same = 0;
const int Differs = 1;
const int WentWrong = 2;
const int SessionCommands = 150;

// A server that hangs does not come back.
const int StalledMax = 3;

try
{
    var options = Options.Parse(args);
    if (options.HelpWanted)
    {
        Console.WriteLine(Options.Help);
        return Same;
    }

    if (options.Ports is null && Tool.Find("redis-server") is null)
    {
        Console.WriteLine("SKIPPED: redis-server is not installed");
        return Same;
    }

    await using Servers servers = await Servers.StartAsync(options.Ports);
    var run = new SessionRun(servers.OursPort, servers.RedisPort);
    var found = new Dictionary<string, int>(StringComparer.Ordinal);
    long commands = 0;
    int stalled = 0;
    int seed = options.Seed;
    for (; commands < options.Commands && found.Count < options.Findings && stalled < StalledMax; seed++)
    {
        var random = new Random(seed);
        var maker = new CommandMaker(random, options.Family);
        bool resp3 = random.Next(2) == 0;
        string[][] session = [.. Enumerable.Range(0, SessionCommands).Select(_ => maker.Next())];
        commands += session.Length;
        Difference? difference;
        try
        {
            difference = await run.RunAsync(session, resp3);
        }
        catch (TimeoutException e)
        {
            // Told, and gone on from: it may be a command that waits for something, or either server.
            Console.WriteLine($"seed {seed}: {e.Message}");
            stalled++;
            continue;
        }

        if (difference is null)
        {
            continue;
        }

        found[difference.Signature] = found.GetValueOrDefault(difference.Signature) + 1;
        if (found[difference.Signature] == 1)
        {
            IReadOnlyList<string[]> fewest = await run.ShrinkAsync(session, resp3, difference.Name);
            Difference shrunk = await run.RunAsync(fewest, resp3) ?? difference;
            Console.WriteLine($"seed {seed}, RESP{(resp3 ? 3 : 2)}: {difference.Name}");
            foreach (string[] command in fewest)
            {
                Console.WriteLine("  > " + string.Join(' ', command.Select(word => word.Length == 0 || word.Contains(' ', StringComparison.Ordinal) ? $"\"{Reply.Printable(word)}\"" : Reply.Printable(word))));
            }

            Console.WriteLine($"  ours  {shrunk.Ours}");
            Console.WriteLine($"  redis {shrunk.Redis}");
        }
    }

    Console.WriteLine($"seeds {options.Seed} to {seed - 1}: {commands:N0} commands, {found.Count} different differences in {found.Values.Sum()} sessions, {stalled} sessions without an end");
    return found.Count == 0 && stalled == 0 ? Same : Differs;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}; --help tells more");
    return WentWrong;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or TimeoutException or IOException or OperationCanceledException)
{
    Console.Error.WriteLine(e.Message);
    return WentWrong;
}
