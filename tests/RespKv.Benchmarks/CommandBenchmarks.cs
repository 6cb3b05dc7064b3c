using BenchmarkDotNet.Attributes;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Measuring;

namespace RespKv.Benchmarks;

/// <summary>
/// Whole commands of one client: parsed, executed in a turn, logged, answered to nowhere. The writer's thread commits beside it to a
/// disk that takes no time; writes do not wait for their replies. All threads' allocations are counted.
/// </summary>
[MemoryDiagnoser]
public class CommandBenchmarks
{
    private const int Deep = 16;

    private readonly byte[] _set = TestClient.Encode("SET", Samples.Key, Samples.Value);
    private readonly byte[] _get = TestClient.Encode("GET", Samples.Key);
    private readonly byte[] _incr = TestClient.Encode("INCR", "counter");
    private readonly byte[] _sets = MeasuredEngine.Repeated(Deep, "SET", Samples.Key, Samples.Value);
    private readonly byte[] _gets = MeasuredEngine.Repeated(Deep, "GET", Samples.Key);
    private readonly byte[] _incrs = MeasuredEngine.Repeated(Deep, "INCR", "counter");
    private MeasuredEngine? _engine;

    [GlobalSetup]
    public void Open()
    {
        _engine = MeasuredEngine.OpenAsync().GetAwaiter().GetResult();
        _engine.Client.Send(_set);
        _engine.Client.AwaitReplies();
    }

    [GlobalCleanup]
    public void Close()
    {
        _engine!.Client.AwaitReplies();
        _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Benchmark]
    public void Set() => _engine!.Client.Send(_set);

    [Benchmark]
    public void Get() => _engine!.Client.Send(_get);

    [Benchmark]
    public void Incr() => _engine!.Client.Send(_incr);

    [Benchmark(OperationsPerInvoke = Deep)]
    public void Set16() => _engine!.Client.Send(_sets);

    [Benchmark(OperationsPerInvoke = Deep)]
    public void Get16() => _engine!.Client.Send(_gets);

    [Benchmark(OperationsPerInvoke = Deep)]
    public void Incr16() => _engine!.Client.Send(_incrs);
}
