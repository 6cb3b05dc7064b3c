using RespKv.HostileClients;
using RespKv.HostileClients.Cases;

const int AllKept = 0;
const int NotKept = 1;
const int WentWrong = 2;

try
{
    var options = Options.Parse(args);
    if (options.HelpWanted)
    {
        Console.WriteLine(Options.Help);
        return AllKept;
    }

    if (options.ListWanted)
    {
        foreach (HostileCase hostile in CaseList.All)
        {
            Console.WriteLine($"{hostile.Name,-14} {hostile.Says}");
        }

        return AllKept;
    }

    List<HostileCase> cases = [.. CaseList.All.Where(hostile => options.Case is null || hostile.Name == options.Case)];
    if (cases.Count == 0)
    {
        throw new FormatException($"--case is one of {string.Join(", ", CaseList.All.Select(hostile => hostile.Name))}");
    }

    Console.WriteLine(HostileRun.Head(options.Short));
    bool kept = true;
    foreach (HostileCase hostile in cases)
    {
        kept &= await new HostileRun(options, hostile).RunAsync();
    }

    return kept ? AllKept : NotKept;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}; --help tells more");
    return WentWrong;
}
catch (Exception e) when (e is InvalidOperationException or TimeoutException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return WentWrong;
}
