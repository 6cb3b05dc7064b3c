using RespKv.Storage.Files;
using RespKv.Storage.Tests.Files;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Wal;

/// <summary>The log on the machine's own file system.</summary>
public sealed class WalPosixTests : IDisposable
{
    private static readonly WalOptions Options = new(64 << 10);

    private readonly TemporaryDirectory _directory = new();
    private readonly PosixFileSystem _files = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Log_over_many_segments_comes_back_and_goes_on()
    {
        long lsn = 0;
        for (int life = 0; life < 3; life++)
        {
            var replay = new RecordedReplay();
            using WalLog log = WalLog.Open(_files, _directory.Path, Options, replay, CancellationToken.None);
            Assert.Equal(lsn, log.LastLsn);
            Assert.All(replay.Records.Select((record, index) => (record, index)), pair => Assert.Equal(LogMaker.Content(pair.index + 1, 900), pair.record));
            for (int count = 0; count < 150; count++)
            {
                LogMaker.WriteNext(log, 900);
            }

            lsn = log.Sync();
            Assert.Equal((life + 1) * 150, lsn);
            if (life == 1)
            {
                log.Close(lsn);
            }
        }
    }

    [Fact]
    public void Torn_tail_is_moved_aside()
    {
        using (WalLog log = WalLog.Open(_files, _directory.Path, Options, new RecordedReplay(), CancellationToken.None))
        {
            LogMaker.WriteNext(log);
            LogMaker.WriteNext(log);
            log.Sync();
        }

        string segment = Path.Combine(_directory.Path, $"wal-{1:D20}.log");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[1024 + 90] ^= 1;
        File.WriteAllBytes(segment, bytes);

        using WalLog again = WalLog.Open(_files, _directory.Path, Options, new RecordedReplay(), CancellationToken.None);

        WalTornTail torn = Assert.Single(again.Recovery.TornTails);
        Assert.Equal(bytes[1024..1536], File.ReadAllBytes(torn.EvidenceFile));
        Assert.Equal(1, again.LastLsn);
    }

    [Fact]
    public void Log_whose_segments_are_read_retired_and_used_again_comes_back_behind_its_checkpoint()
    {
        long checkpointLsn = 0;
        for (int life = 0; life < 3; life++)
        {
            var replay = new RecordedReplay(checkpointLsn);
            var start = new WalStart(0, checkpointLsn);
            using WalLog log = WalLog.Open(_files, _directory.Path, Options with { RetiredSegmentsMax = 2 }, start, replay, CancellationToken.None);
            Assert.All(replay.Records.Select((record, index) => (record, index)), pair => Assert.Equal(LogMaker.Content(checkpointLsn + pair.index + 1, 900), pair.record));
            Assert.Empty(log.Recovery.TornTails);
            using WalTailReader reader = log.OpenReader(checkpointLsn);
            for (int count = 0; count < 600; count++)
            {
                LogMaker.WriteNext(log, 900);
                if (count % 100 == 50)
                {
                    long durable = log.Sync();
                    while (reader.Read(durable - 7, out WalRecords batch))
                    {
                        Assert.True(batch.Next(out checkpointLsn, out ReadOnlySpan<byte> record));
                        Assert.True(record.SequenceEqual(LogMaker.Content(checkpointLsn, 900)));
                    }

                    log.Retire(checkpointLsn);
                }
            }

            log.Sync();
            Assert.InRange(log.SegmentCount, 1, 3);
        }
    }

    [Fact]
    public void Writing_and_syncing_a_batch_allocates_nothing()
    {
        using WalLog log = WalLog.Open(_files, _directory.Path, new WalOptions(1 << 20, PrepareSpare: false), new RecordedReplay(), CancellationToken.None);
        var batch = new WalBatch();
        byte[] record = new byte[200];

        Assert.Equal(0, Allocations.Least(() => WriteAndSync(log, batch, record, 50)));
    }

    private static void WriteAndSync(WalLog log, WalBatch batch, byte[] record, int count)
    {
        for (int index = 0; index < count; index++)
        {
            batch.Reset(log.LastLsn + 1);
            batch.BeginRecord();
            record.CopyTo(batch.Reserve(record.Length));
            batch.Advance(record.Length);
            batch.EndRecord();
            log.Write(batch, log.DurableLsn);
            log.Sync();
        }
    }
}
