using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace RespKv.Benchmarks;

/// <summary>Every benchmark for some milliseconds, in this process: shows that all of them run, and what they allocate. Times are rough.</summary>
internal static class ShortForm
{
    private const int IterationMillis = 50;
    private const int Iterations = 3;

    /// <summary>Whether this process runs the short form: then there are fewer keys.</summary>
    public static bool IsWanted { get; private set; }

    /// <summary>Prints a line for each benchmark. Returns whether all of them ran.</summary>
    public static bool Run()
    {
        IsWanted = true;
        var log = new AccumulationLogger();
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithWarmupCount(Iterations)
                .WithIterationCount(Iterations)
                .WithIterationTime(TimeInterval.FromMilliseconds(IterationMillis)))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(log)
            .WithArtifactsPath(Artifacts.Directory);
        Summary[] summaries = BenchmarkRunner.Run(typeof(ShortForm).Assembly, config);
        Console.WriteLine($"{"benchmark",-60} {"ns",10} {"bytes",10}");
        foreach (BenchmarkReport report in summaries.SelectMany(summary => summary.Reports))
        {
            string name = $"{report.BenchmarkCase.Descriptor.GetFilterName()} {report.BenchmarkCase.Parameters.DisplayInfo}";
            Console.WriteLine(report.Success
                ? $"{name,-60} {report.ResultStatistics?.Mean,10:F1} {report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase),10}"
                : $"{name,-60} FAILED");
        }

        bool passed = Artifacts.AllRan(summaries);
        if (!passed)
        {
            Console.Error.WriteLine(log.GetLog());
        }

        return passed;
    }
}
