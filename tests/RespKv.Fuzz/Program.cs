using RespKv.Fuzz;
using RespKv.Fuzz.Running;

const int NothingFound = 0;
const int Found = 1;
const int WentWrong = 2;

try
{
    var options = Options.Parse(args);
    if (options.HelpWanted)
    {
        Console.WriteLine(Options.Help);
        return NothingFound;
    }

    bool clean = true;
    foreach (string name in options.Targets)
    {
        clean &= new FuzzRun(options, name).Run();
    }

    return clean ? NothingFound : Found;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}; --help tells more");
    return WentWrong;
}
catch (IOException e)
{
    Console.Error.WriteLine(e.Message);
    return WentWrong;
}
