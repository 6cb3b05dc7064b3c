using System.Reflection;
using RespKv.Engine;
using RespKv.Simulation;

// Before the first key is hashed: the order in which keys are walked is part of a run.
AppContext.SetData("RespKv.KeyHashSeed", 1);

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}. --help tells more.");
    return 2;
}

if (options.HelpWanted)
{
    Console.WriteLine(Options.Help);
    return 0;
}

if (new Campaign(options).Run() is not { } failed)
{
    return 0;
}

string commit = typeof(RespEngine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
Console.WriteLine($"FAILED: seed {failed.Seed}, commit {commit}, life {failed.Failure.Life}");
Console.WriteLine(failed.Failure.Message);
Console.WriteLine($"Repeat it: dotnet run -c Release --project tests/RespKv.Simulation -- --seed {failed.Seed} --seeds 1 --trace");
if (!options.Brief)
{
    Shrinking.Run(failed.Seed, failed.Failure);
}

return failed.Failure.InnerException is null ? 1 : 2;
