using System.Globalization;
using RespKv.Mutants;
using RespKv.TestKit.Server;

const string Help = """
    Plants faults in a copy of the source, one at a time, and checks that the simulation (tests/RespKv.Simulation) catches each of them:
    a proof that cannot fail proves nothing.

      dotnet run -c Release --project tests/RespKv.Mutants -- [options]

      --only NAME[,NAME]   these mutants only
      --seeds N            a mutant has to be caught by one of the seeds 1 to N (default 400)
      --check              only checks that every mutant still fits the source
      --list               tells what there is

    Exit code: 0 all were caught, and without a mutant nothing was found; 1 one was not; 2 the run itself went wrong.
    """;

const int SoundSeeds = 20;

int seeds = 400;
IReadOnlyList<Mutant> chosen = MutantList.All;
bool checkOnly = false;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--only" when i + 1 < args.Length:
            string[] names = args[++i].Split(',');
            chosen = [.. MutantList.All.Where(mutant => names.Contains(mutant.Name))];
            if (chosen.Count != names.Length)
            {
                Console.Error.WriteLine("--only takes names that --list tells");
                return 2;
            }

            break;
        case "--seeds" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out seeds) && seeds > 0:
            i++;
            break;
        case "--check":
            checkOnly = true;
            break;
        case "--list":
            Console.WriteLine(string.Join('\n', MutantList.All.Select(mutant => $"{mutant.Name,-26} {mutant.Rule}  {mutant.What}")));
            return 0;
        default:
            Console.WriteLine(Help);
            return args[i] is "--help" or "-h" ? 0 : 2;
    }
}

string root = Repository.Root();
if (checkOnly)
{
    IReadOnlyList<string> misfits = MutantTree.Misfits(root);
    Console.WriteLine(misfits.Count == 0 ? $"{MutantList.All.Count} mutants fit the source" : $"the source has changed under: {string.Join(", ", misfits)}");
    return misfits.Count == 0 ? 0 : 1;
}

using var tree = new MutantTree();
try
{
    await tree.BuildAsync(root);
}
catch (InvalidOperationException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

MutantRun sound = await MutantRun.SimulateAsync(tree, mutant: "", SoundSeeds);
Console.WriteLine($"| none | | | {(sound.IsCaught ? "FAILED WITHOUT A FAULT: " + sound.Found : "nothing found, as it should be")} | {sound.Effort} |");
int survivors = sound.IsCaught ? 1 : 0;
foreach (Mutant mutant in chosen)
{
    MutantRun run = mutant.Test is { } filter ? await MutantRun.TestAsync(tree, mutant.Name, filter) : await MutantRun.SimulateAsync(tree, mutant.Name, seeds);
    survivors += run.IsCaught ? 0 : 1;
    string by = mutant.Test is null ? "simulation" : mutant.Test.Replace("FullyQualifiedName~", "", StringComparison.Ordinal);
    Console.WriteLine($"| {mutant.Name} | {mutant.Rule} | {by} | {(run.IsCaught ? run.Found : "SURVIVED")} | {run.Effort} |");
}

Console.WriteLine(survivors == 0 ? $"{chosen.Count} mutants, all caught" : $"{survivors} of {chosen.Count} NOT caught");
return survivors == 0 ? 0 : 1;
