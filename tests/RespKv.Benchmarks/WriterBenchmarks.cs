using BenchmarkDotNet.Attributes;
using RespKv.Protocol;

namespace RespKv.Benchmarks;

/// <summary>Replies into a buffer that is emptied after each, as a turn's is.</summary>
[MemoryDiagnoser]
public class WriterBenchmarks
{
    private readonly RespWriter _writer = new(new ReplyBuffer(keepsSegment: true)) { Version = 3 };

    [Benchmark]
    public long Ok()
    {
        _writer.Ok();
        return Finish();
    }

    [Benchmark]
    public long Bulk()
    {
        _writer.Bulk(Samples.ValueBytes);
        return Finish();
    }

    [Benchmark]
    public long Integer()
    {
        _writer.Integer(1_234_567);
        return Finish();
    }

    /// <summary>Three pairs of bulk string and integer.</summary>
    [Benchmark]
    public long Map()
    {
        _writer.MapHeader(3);
        for (int i = 0; i < 3; i++)
        {
            _writer.Bulk(Samples.KeyBytes);
            _writer.Integer(i);
        }

        return Finish();
    }

    private long Finish()
    {
        long length = _writer.Buffer.Length;
        _writer.Buffer.Clear();
        return length;
    }
}
