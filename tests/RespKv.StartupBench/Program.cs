using RespKv.StartupBench;

const string Usage = """
    Start-up times. Data: 16-byte keys, 64-byte values.
      fill-log DIR RECORDS [KEYS]   a directory with a log of so many SETs (of so many keys)
      fill-tables DIR KEYS [RUNS]   a directory with so many keys in tables (and runs above the base that shadow a part)
      resp KEYS                     the same data as commands on standard output, for redis-cli --pipe
      open DIR                      opens an engine there and prints how long that took
    """;

switch (args)
{
    case ["fill-log", var directory, var records]:
        LogFill.Run(directory, long.Parse(records), long.Parse(records));
        return 0;
    case ["fill-log", var directory, var records, var keys]:
        LogFill.Run(directory, long.Parse(records), long.Parse(keys));
        return 0;
    case ["fill-tables", var directory, var keys]:
        TableFill.Run(directory, long.Parse(keys), runs: 1);
        return 0;
    case ["fill-tables", var directory, var keys, var runs]:
        TableFill.Run(directory, long.Parse(keys), int.Parse(runs));
        return 0;
    case ["resp", var keys]:
        using (Stream output = Console.OpenStandardOutput())
        {
            Redis.Write(output, long.Parse(keys));
        }

        return 0;
    case ["open", var directory]:
        await Startup.RunAsync(directory);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
