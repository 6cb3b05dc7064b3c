using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using RespKv.Benchmarks;

const string Help = """
    What the parts that every request passes cost, in time and in allocated bytes.

      dotnet run -c Release --project tests/RespKv.Benchmarks -- [options]

      --filter GLOB ...     the benchmarks that match, '*' for all: each in a process of its own, with BenchmarkDotNet's own
                            number of runs. Ten minutes or so for all
      --list flat           names them
      --short               all of them in this process, for some milliseconds each and with fewer keys: less than a minute.
                            Shows that they run; the times are rough
      --check-allocations   GET, SET and INCR allocate nothing on their client's thread: some seconds

    All other options are BenchmarkDotNet's: --job short, --artifacts DIR, --memory ...

    Exit code: 0 all ran, and kept their bounds where there are any; 1 not.
    """;

switch (args)
{
    case [] or ["--help"] or ["-h"]:
        Console.WriteLine(Help);
        return 0;
    case ["--short"]:
        return ShortForm.Run() ? 0 : 1;
    case ["--check-allocations"]:
        return await AllocationCheck.RunAsync() ? 0 : 1;
    case ["--list", ..] or ["--info"] or ["--version"]:
        BenchmarkSwitcher.FromAssembly(typeof(Artifacts).Assembly).Run(args);
        return 0;
    default:
        // BenchmarkDotNet builds everything once more; analyzers have nothing to say to that.
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.Default.WithArguments([new MsBuildArgument("/p:RunAnalyzers=false")]).AsMutator())
            .WithArtifactsPath(Artifacts.Directory);
        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(Artifacts).Assembly).Run(args, config)];
        return Artifacts.AllRan(summaries) ? 0 : 1;
}
