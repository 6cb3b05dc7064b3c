using System.Net.Sockets;
using RespKv.Latency;

const int AllAnswered = 0;
const int NotAnswered = 1;
const int WentWrong = 2;

try
{
    var options = Options.Parse(args);
    if (options.HelpWanted)
    {
        Console.WriteLine(Options.Help);
        return AllAnswered;
    }

    if (options.Load > 0)
    {
        KeyLoad.Run(options);
        Console.WriteLine($"{options.Load} keys were set");
    }

    Console.WriteLine(Report.Title(options));
    Console.WriteLine(Report.Head);
    var results = new List<RunResult>();
    foreach (double rate in options.Closed ? [0] : options.Rates)
    {
        results.Add(Run.Once(options, rate));
        foreach (string line in Report.Lines(options, results[^1]))
        {
            Console.WriteLine(line);
        }
    }

    if (options.JsonPath is { } path)
    {
        File.WriteAllText(path, Report.ToJson(options, results) + '\n');
    }

    return results.TrueForAll(result => result.AllAnswered) ? AllAnswered : NotAnswered;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}; --help tells more");
    return WentWrong;
}
catch (Exception e) when (e is IOException or InvalidDataException or SocketException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return WentWrong;
}
