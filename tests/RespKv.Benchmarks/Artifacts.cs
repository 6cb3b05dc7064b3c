using BenchmarkDotNet.Reports;

namespace RespKv.Benchmarks;

/// <summary>What BenchmarkDotNet leaves behind.</summary>
internal static class Artifacts
{
    /// <summary>Beside the program, unless <c>--artifacts</c> says otherwise: never in the directory from which it is called.</summary>
    public static string Directory => Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts");

    /// <summary>False when there was no benchmark, or one threw or could not be built.</summary>
    public static bool AllRan(IReadOnlyCollection<Summary> summaries)
        => summaries.Count > 0
            && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.Length > 0 && summary.Reports.All(report => report.Success));
}
