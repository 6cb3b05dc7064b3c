using BenchmarkDotNet.Attributes;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;
using RespKv.TestKit.Measuring;

namespace RespKv.Benchmarks;

/// <summary>SET records, of a key of 16 bytes and a value of 64, on their way to the log.</summary>
[MemoryDiagnoser]
public class WalBenchmarks
{
    private const int Cohort = 25;

    private readonly WalBatch _batch = new();
    private WalLog? _log;

    private sealed class NoReplay : IWalReplay
    {
        public void Apply(long lsn, ReadOnlySpan<byte> record)
        {
        }

        public void Progress(in WalReplayProgress progress)
        {
        }
    }

    [GlobalSetup]
    public void Open() => _log = WalLog.Open(new DiscardingFileSystem(), "/data", new WalOptions(), new NoReplay(), CancellationToken.None);

    [GlobalCleanup]
    public void Close() => _log!.Dispose();

    [Benchmark]
    public int EncodeOneSet()
    {
        _batch.Reset(1);
        AddSet();
        return _batch.ByteCount;
    }

    [Benchmark(OperationsPerInvoke = Cohort)]
    public int EncodeBatchOf25Sets()
    {
        _batch.Reset(1);
        for (int i = 0; i < Cohort; i++)
        {
            AddSet();
        }

        return _batch.ByteCount;
    }

    /// <summary>With the batch's header, its checksum and its padding, to a disk that takes no time. The whole batch is the operation.</summary>
    [Benchmark]
    public long WriteBatchOf25Sets()
    {
        _batch.Reset(_log!.LastLsn + 1);
        for (int i = 0; i < Cohort; i++)
        {
            AddSet();
        }

        _log.Write(_batch, _log.DurableLsn);
        return _log.Sync();
    }

    private void AddSet()
    {
        _batch.BeginRecord();
        MutationWriter.Set(_batch, 0, Samples.KeyBytes, Samples.ValueBytes, MutationWriter.NoExpiry);
        _batch.EndRecord();
    }
}
