using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Wal;

/// <summary>
/// A log that lives, dies at random and is opened again, beside a model of it. Every record's content is new, so that a
/// leftover of an earlier life is never taken for the record that later got its LSN.
/// </summary>
internal sealed class RandomLives
{
    private readonly Random _random;
    private readonly WalOptions _options;

    /// <summary>What was written, synced or not, in the order of the LSNs.</summary>
    private readonly List<byte[]> _written = [];

    private SimulatedFileSystem _files = LogMaker.NewDisk();
    private int _durable;
    private int _checkpoint;
    private int _salt;

    internal RandomLives(int seed, WalOptions options)
    {
        _random = new Random(seed);
        _options = options;
    }

    internal void Run(int lives)
    {
        for (int life = 0; life < lives; life++)
        {
            try
            {
                Live();
            }
            catch (StorageException)
            {
                // The fault that was set: the process ends here.
            }

            _files = Die();
        }

        Open().Dispose();
    }

    private void Live()
    {
        if (_random.Next(3) == 0)
        {
            _files.FailFrom(FileOperation.Any, _random.Next(1, 60), Errno.EIO);
        }

        using WalLog log = Open();
        int steps = _random.Next(30);
        for (int step = 0; step < steps; step++)
        {
            Step(log);
        }

        if (_random.Next(4) == 0)
        {
            log.Close(log.DurableLsn);
            _durable = _written.Count;
        }
    }

    private WalLog Open()
    {
        var replay = new RecordedReplay(_checkpoint);
        WalOptions options = _options with { SegmentBytes = 4096 * _random.Next(1, 4), RetiredSegmentsMax = _random.Next(4) };
        WalStart start = _checkpoint == 0 ? WalStart.None : LogMaker.Checkpoint(_checkpoint);
        WalLog log = LogMaker.Open(_files, replay, options, start);
        int last = _checkpoint + replay.Records.Count;
        Assert.InRange(last, _durable, _written.Count);
        for (int index = _checkpoint; index < last; index++)
        {
            Assert.True(_written[index].AsSpan().SequenceEqual(replay.Records[index - _checkpoint]), $"record {index + 1} of {last}");
        }

        _written.RemoveRange(last, _written.Count - last);
        _durable = _written.Count;
        AssertReads(log);
        return log;
    }

    private void Step(WalLog log)
    {
        if (_random.Next(3) == 0)
        {
            _durable = (int)log.Sync();
            return;
        }

        if (_random.Next(6) == 0)
        {
            _checkpoint = _random.Next(_checkpoint, (int)log.DurableLsn + 1);
            log.Retire(_checkpoint);
            AssertReads(log);
            return;
        }

        byte[][] records = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => NewRecord())];
        WalBatch batch = LogMaker.Batch(log.LastLsn + 1, records);
        long stated = _random.Next(2) == 0 ? log.DurableLsn : _random.NextInt64(log.DurableLsn + 1);
        _written.AddRange(records);
        log.Write(batch, stated);
    }

    private void AssertReads(WalLog log)
    {
        int next = _checkpoint;
        using WalTailReader reader = log.OpenReader(_checkpoint);
        while (reader.Read(log.DurableLsn, out WalRecords batch))
        {
            while (batch.Next(out long lsn, out ReadOnlySpan<byte> record))
            {
                Assert.Equal(next + 1, lsn);
                Assert.True(_written[next++].AsSpan().SequenceEqual(record), $"record {lsn}");
            }
        }

        Assert.Equal(log.DurableLsn, next);
    }

    private byte[] NewRecord()
    {
        int bytes = _random.Next(8) switch
        {
            0 => _random.Next(20_000),
            1 => 0,
            _ => _random.Next(700),
        };
        return LogMaker.Content(_written.Count + 1, bytes, ++_salt);
    }

    private SimulatedFileSystem Die() => _random.Next(4) == 0 ? _files.Kill() : _files.Crash(_random.Next());
}
