using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Power cuts, kills and failed syncs, at chosen points and at random ones.</summary>
public sealed class WalCrashTests
{
    private const int Seeds = 25;

    [Fact]
    public void Synced_batches_survive_a_power_cut_and_unsynced_ones_are_whole_or_gone()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        for (int count = 0; count < 4; count++)
        {
            WriteNext(log, 700);
        }

        log.Sync();
        for (int count = 0; count < 5; count++)
        {
            WriteNext(log, 700);
        }

        for (int seed = 0; seed < 10 * Seeds; seed++)
        {
            SimulatedFileSystem crashed = files.Crash(seed);
            var replay = new RecordedReplay();
            Open(crashed, replay).Dispose();
            Assert.InRange(replay.Records.Count, 4, 9);
            AssertRecovers(crashed, replay.Records.Count, 700);
        }
    }

    [Fact]
    public void State_that_was_recovered_after_a_kill_survives_a_power_cut()
    {
        SimulatedFileSystem files = UnsyncedLog(3).Kill();

        AssertRecovers(files, 3);

        for (int seed = 0; seed < Seeds; seed++)
        {
            AssertRecovers(files.Crash(seed), 3);
        }
    }

    [Fact]
    public void Bytes_that_a_failed_sync_left_in_the_cache_are_not_recovered_as_durable()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files))
        {
            WriteNext(log);
            log.Sync();
            WriteNext(log);
            files.FailNext(FileOperation.SyncData, Errno.EIO);
            Assert.Throws<StorageException>(() => log.Sync());
        }

        SimulatedFileSystem killed = files.Kill();
        var replay = new RecordedReplay();
        Open(killed, replay).Dispose();

        for (int seed = 0; seed < Seeds; seed++)
        {
            AssertRecovers(killed.Crash(seed), replay.Records.Count);
        }
    }

    [Fact]
    public void Power_cut_at_any_call_of_the_repair_loses_nothing()
    {
        SimulatedFileSystem torn = SyncedLog(2, bytes: 1000);
        using (WalLog log = Open(torn))
        {
            log.Write(Batch(3, Content(3, 1000)), 2);
            log.Write(Batch(4, Content(4, 1000)), 2);
            log.Sync();
        }

        torn.FlipBit(Segment(3), Sector + 700);

        byte[] cut = torn.ReadFile(Segment(3))[Sector..(Sector + (2 * 1536))];
        for (int calls = 1; ; calls++)
        {
            SimulatedFileSystem files = torn.Kill();
            files.FailFrom(FileOperation.Any, calls, Errno.EIO);
            bool isDone = Succeeds(() => Open(files).Dispose());
            for (int seed = 0; seed < Seeds; seed++)
            {
                SimulatedFileSystem crashed = files.Crash(seed);
                AssertRecovers(crashed, 2, bytes: 1000);
                Assert.Contains(crashed.ReadAll(), file => file.Key.Contains("torn-", StringComparison.Ordinal) && HoldsCut(file.Value, cut));
            }

            if (isDone)
            {
                break;
            }
        }
    }

    [Fact]
    public void Power_cut_while_a_torn_header_is_moved_aside_loses_nothing()
    {
        SimulatedFileSystem torn = SyncedLog(BatchesPerSegment + 1);
        torn.FlipBit(Segment(BatchesPerSegment + 1), 20);
        for (int calls = 1; ; calls++)
        {
            SimulatedFileSystem files = torn.Kill();
            files.FailFrom(FileOperation.Any, calls, Errno.EIO);
            bool isDone = Succeeds(() => Open(files).Dispose());
            for (int seed = 0; seed < Seeds; seed++)
            {
                SimulatedFileSystem crashed = files.Crash(seed);
                AssertRecovers(crashed, BatchesPerSegment);
                Assert.Contains(crashed.ReadAll().Keys, path => path.Contains("torn-", StringComparison.Ordinal));
            }

            if (isDone)
            {
                break;
            }
        }
    }

    [Fact]
    public void Power_cut_at_any_call_of_a_new_log_leaves_a_directory_that_opens()
    {
        for (int calls = 1; ; calls++)
        {
            SimulatedFileSystem files = NewDisk();
            files.FailFrom(FileOperation.Any, calls, Errno.EIO);
            bool isDone = Succeeds(() => Open(files).Dispose());
            for (int seed = 0; seed < Seeds; seed++)
            {
                AssertRecovers(files.Crash(seed), 0);
            }

            if (isDone)
            {
                break;
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Random_lives_keep_every_synced_record_and_recover_exactly_a_prefix(int seed, bool prepareSpare)
    {
        var random = new Random(seed);
        for (int round = 0; round < 100; round++)
        {
            new RandomLives(random.Next(), Options with { PrepareSpare = prepareSpare }).Run(lives: 6);
        }
    }

    private static bool Succeeds(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    // A later start may have had less to move: zeros that were durable before the cut are not evidence any more.
    private static bool HoldsCut(byte[] evidence, byte[] cut)
    {
        return evidence.AsSpan().SequenceEqual(cut.AsSpan(0, evidence.Length))
            && !cut.AsSpan(evidence.Length).ContainsAnyExcept((byte)0);
    }
}
