using RespKv.Exhaustive;

const int AsPromised = 0;
const int NotAsPromised = 1;
const int WentWrong = 2;

// Before the first key is hashed: the order in which keys are walked is part of a run.
AppContext.SetData("RespKv.KeyHashSeed", 1);
try
{
    var options = Options.Parse(args);
    if (options.HelpWanted)
    {
        Console.WriteLine(Options.Help);
        return AsPromised;
    }

    var enumeration = new Enumeration(options);
    enumeration.Run();
    Console.WriteLine(enumeration.Tally);
    return enumeration.Tally.Failures == 0 ? AsPromised : NotAsPromised;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}; --help tells more");
    return WentWrong;
}
catch (InvalidOperationException e)
{
    Console.Error.WriteLine(e.Message);
    return WentWrong;
}
