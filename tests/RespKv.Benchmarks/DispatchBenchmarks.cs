using BenchmarkDotNet.Attributes;
using RespKv.TestKit.Measuring;

namespace RespKv.Benchmarks;

/// <summary>From a command's name to its entry.</summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    private readonly MeasuredCommandTable _table = new();

    [Benchmark]
    public bool FindGet() => _table.Find("GET"u8);

    [Benchmark]
    public bool FindLowerCase() => _table.Find("incrbyfloat"u8);

    [Benchmark]
    public bool FindUnknown() => _table.Find("GOT"u8);
}
