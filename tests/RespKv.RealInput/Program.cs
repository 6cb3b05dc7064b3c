using RespKv.RealInput;
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

    if (options.PowerCut && await LoopDisk.WhyNotAsync() is { } reason)
    {
        Console.WriteLine($"SKIPPED: {reason}");
        return AsPromised;
    }

    IReadOnlyList<Record> records = await PackageIndex.ReadAsync(options.Records);
    long bytes = records.Sum(record => (long)record.Key.Length + record.Value.Length);
    Console.WriteLine($"Debian's package index: {records.Count:N0} records, {bytes:N0} bytes");
    bool good = true;
    for (int round = 0; round < options.Rounds; round++)
    {
        foreach (string way in options.Ways)
        {
            ILoader loader = way == "cli" ? new PipeLoader() : new StackExchangeLoader();
            good &= await new StrikeRun(options, options.Seed + round, records, loader).RunAsync();
        }
    }

    return good ? AsPromised : NotAsPromised;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}; --help tells more");
    return WentWrong;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or TimeoutException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return WentWrong;
}
