using BenchmarkDotNet.Attributes;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Measuring;

namespace RespKv.Benchmarks;

/// <summary>Bytes of a client into argument ranges. Keys of 16 bytes, values of 64.</summary>
[MemoryDiagnoser]
public class ParserBenchmarks
{
    private const int Deep = 16;

    private readonly RequestParser _parser = new();
    private readonly RequestBatch _batch = new();
    private readonly byte[] _set = TestClient.Encode("SET", Samples.Key, Samples.Value);
    private readonly byte[] _pipeline = MeasuredEngine.Repeated(Deep, "SET", Samples.Key, Samples.Value);
    private readonly byte[] _inline = [.. "GET "u8, .. Samples.KeyBytes, .. "\r\n"u8];

    [Benchmark]
    public int OneSet() => Parse(_set, 1);

    [Benchmark(OperationsPerInvoke = Deep)]
    public int PipelineOf16Sets() => Parse(_pipeline, Deep);

    [Benchmark]
    public int Inline() => Parse(_inline, 1);

    private int Parse(byte[] data, int requests)
    {
        _batch.Clear();
        _parser.Parse(data, ParserLimits.Default, requests, _batch, out int consumed);
        return consumed == data.Length && _batch.Count == requests
            ? consumed
            : throw new InvalidOperationException($"{_batch.Count} of {requests} requests were parsed");
    }
}
