using System.Threading.Channels;
using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>What can be written for sure, and what happens when the disk is full (D11).</summary>
public sealed class WalClaimTests
{
    private const int SegmentBytes = 64 << 10;

    /// <summary>Header and seal are not for batches.</summary>
    private const int SegmentRoom = SegmentBytes - (2 * Sector);

    private static readonly WalOptions Background = Options with { SegmentBytes = SegmentBytes, PrepareSpare = true };

    [Theory]
    [InlineData(1, 0, 512)]
    [InlineData(1, 460, 512)]
    [InlineData(1, 461, 1024)]
    [InlineData(2, 456, 512)]
    [InlineData(2, 457, 1024)]
    public void Batch_bytes_are_header_lengths_records_and_padding(int records, int recordBytes, long expected)
    {
        Assert.Equal(expected, WalLog.BatchBytesFor(records, recordBytes));
        byte[][] contents = [Content(1, recordBytes), .. Enumerable.Repeat(Array.Empty<byte>(), records - 1)];
        Assert.Equal(expected, Batch(1, contents).PaddedBytes);
    }

    [Fact]
    public void Claim_is_the_room_in_the_segment_while_there_is_no_spare()
    {
        using WalLog log = Open(NewDisk(), options: Options with { SegmentBytes = SegmentBytes });
        Assert.Equal(SegmentRoom, log.ClaimedBytes);

        WriteNext(log);
        WriteNext(log, 700);

        Assert.Equal(SegmentRoom - 512 - 1024, log.ClaimedBytes);
    }

    [Fact]
    public void Opened_log_claims_the_rest_of_its_last_segment()
    {
        using WalLog log = Open(SyncedLog(2));

        Assert.Equal(4096 - (4 * Sector), log.ClaimedBytes);
    }

    [Fact]
    public async Task Ready_spare_is_claimed_and_said_so()
    {
        using WalLog log = Open(NewDisk(), options: Background);
        using var changes = new ChangeCount(log);
        WriteNext(log, SegmentRoom - 2000);

        await changes.UntilAsync(() => log.ClaimedBytes == SegmentRoom);

        Assert.False(log.ClaimFailed);
        Assert.Null(log.ClaimError);
    }

    [Fact]
    public async Task Claim_does_not_sink_while_the_spare_becomes_the_segment()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        WriteNext(log, 40_000);
        await changes.UntilAsync(() => log.ClaimedBytes == SegmentRoom);
        files.HoldSyncs("wal-");
        Task writing = Task.Run(() => WriteNext(log, 40_000));
        await files.SyncHeldAsync().WaitAsync(Limit);

        Assert.Equal(SegmentRoom, log.ClaimedBytes);

        files.ReleaseSyncs();
        await writing;
    }

    [Fact]
    public async Task Any_batches_that_add_up_to_the_claim_are_written_on_a_disk_without_room()
    {
        var random = new Random(7);
        for (int round = 0; round < 60; round++)
        {
            SimulatedFileSystem files = NewDisk();
            using WalLog log = Open(files, options: Background);
            using var changes = new ChangeCount(log);
            WriteNext(log, random.Next(SegmentRoom - 100));
            await changes.UntilAsync(() => log.ClaimedBytes == SegmentRoom);
            if (random.Next(2) == 0)
            {
                long large = random.Next(SegmentRoom, 5 * SegmentRoom);
                await changes.UntilAsync(() => log.ClaimLarge(large) == WalLargeClaim.Ready);
            }

            FillUp(files);
            long left = log.ClaimedBytes;
            while (left >= Sector)
            {
                int bytes = random.Next(4) == 0 ? (int)left - 52 : random.Next((int)left - 51);
                left -= WalLog.BatchBytesFor(1, bytes);
                WriteNext(log, bytes);
            }

            Assert.Equal(log.LastLsn, log.Sync());
        }
    }

    [Fact]
    public async Task Full_disk_fails_the_claim_and_the_log_goes_on_in_its_room_and_heals()
    {
        SimulatedFileSystem files = NewDisk();
        files.CapacityBytes = SegmentBytes + 100;
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        await changes.UntilAsync(() => log.ClaimFailed);
        Assert.Equal(StorageErrorKind.NoSpace, log.ClaimError!.Kind);
        Assert.False(files.FileExists($"{DataDirectory}/spare.log"));

        while (log.ClaimedBytes >= 1024)
        {
            WriteNext(log, 700);
            log.Sync();
        }

        log.RetryClaim();
        await changes.NextAsync();
        Assert.True(log.ClaimFailed);

        files.CapacityBytes = 2 * SegmentBytes;
        log.RetryClaim();
        await changes.UntilAsync(() => !log.ClaimFailed);

        Assert.Equal(SegmentRoom, log.ClaimedBytes);
        Assert.Null(log.ClaimError);
        WriteNext(log, 700);
        Assert.Equal(log.LastLsn, log.Sync());
    }

    [Fact]
    public async Task Retired_segment_heals_a_failed_claim_on_a_full_disk()
    {
        SimulatedFileSystem files = NewDisk();
        files.CapacityBytes = (3 * SegmentBytes) - 1;
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        WriteNext(log, 40_000);
        WriteNext(log, 40_000);
        await changes.UntilAsync(() => log.ClaimFailed);
        Assert.Equal(2, log.SegmentCount);

        Assert.Equal(1, log.Retire(log.Sync() - 1));
        await changes.UntilAsync(() => !log.ClaimFailed);

        Assert.Equal(SegmentRoom, log.ClaimedBytes);
        WriteNext(log, 40_000);
        Assert.Equal(3, log.Sync());
        Assert.Equal([Segment(2), Segment(3)], Segments(files));
    }

    [Fact]
    public async Task Disk_that_fills_up_while_the_spare_is_made_keeps_no_half_of_it()
    {
        SimulatedFileSystem files = NewDisk();
        files.FailNext(FileOperation.Write, Errno.EDQUOT, "spare");
        Assert.Throws<StorageException>(() => Open(files, options: Background));
        Assert.Empty(files.ReadAll());

        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        WriteNext(log);
        await changes.UntilAsync(() => log.ClaimedBytes == SegmentRoom);
    }

    [Fact]
    public async Task Error_of_another_kind_fails_the_claim_as_well()
    {
        SimulatedFileSystem files = SyncedLog(1);
        files.FailFrom(FileOperation.SyncData, 1, Errno.EIO, "spare");
        using WalLog log = Open(files, options: Options with { PrepareSpare = true });
        using var changes = new ChangeCount(log);

        await changes.UntilAsync(() => log.ClaimFailed);

        Assert.Equal(Errno.EIO, log.ClaimError!.Errno);
        WriteNext(log);
        Assert.Equal(2, log.Sync());
    }

    [Fact]
    public async Task Large_batch_gets_its_segment_in_the_background()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        long bytes = WalLog.BatchBytesFor(1, 9_000_000);

        Assert.Equal(WalLargeClaim.Pending, log.ClaimLarge(bytes));
        await changes.UntilAsync(() => log.ClaimedBytes >= bytes);
        Assert.Equal(WalLargeClaim.Ready, log.ClaimLarge(bytes));
        await changes.UntilAsync(() => log.ClaimLarge(SegmentRoom) == WalLargeClaim.Ready);
        long writes = files.Count(FileOperation.Write);
        WriteNext(log, 9_000_000);

        Assert.Equal(writes + 2, files.Count(FileOperation.Write));
        Assert.Equal(1, log.Sync());
        Assert.False(files.FileExists($"{DataDirectory}/spare-large.log"));
        Assert.Equal(1, log.SegmentCount);
    }

    [Fact]
    public async Task Larger_request_leaves_what_is_claimed_until_it_is_ready()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        WriteNext(log);
        await changes.UntilAsync(() => log.ClaimedBytes == SegmentRoom);
        await changes.UntilAsync(() => log.ClaimLarge(1 << 20) == WalLargeClaim.Ready);
        FillUp(files, (3 << 20) - 1);

        Assert.Equal(WalLargeClaim.Pending, log.ClaimLarge(4 << 20));
        await changes.UntilAsync(() => log.ClaimLarge(4 << 20) == WalLargeClaim.Failed);

        Assert.Equal(1 << 20, log.ClaimedBytes);
        Assert.Equal(StorageErrorKind.NoSpace, log.LargeClaimError!.Kind);
        Assert.False(log.ClaimFailed);
        FillUp(files);
        WriteNext(log, (1 << 20) - 52);
        Assert.Equal(2, log.Sync());
    }

    [Fact]
    public async Task Failed_large_claim_is_tried_again_only_when_told_to()
    {
        SimulatedFileSystem files = NewDisk();
        files.CapacityBytes = 1 << 20;
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        log.ClaimLarge(2 << 20);
        await changes.UntilAsync(() => log.ClaimLarge(2 << 20) == WalLargeClaim.Failed);
        files.CapacityBytes = 4 << 20;

        Assert.Equal(WalLargeClaim.Failed, log.ClaimLarge(3 << 20));
        log.RetryClaim();
        await changes.UntilAsync(() => log.ClaimLarge(3 << 20) == WalLargeClaim.Ready);
        Assert.Null(log.LargeClaimError);
    }

    [Fact]
    public async Task Large_claim_that_is_not_needed_any_more_is_given_back()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        await changes.UntilAsync(() => log.ClaimLarge(1 << 20) == WalLargeClaim.Ready);

        log.ReleaseLarge();

        Assert.False(files.FileExists($"{DataDirectory}/spare-large.log"));
        Assert.InRange(log.ClaimedBytes, 0, SegmentRoom);
        WriteNext(log, 1 << 20);
        Assert.Equal(1, log.Sync());
    }

    [Fact]
    public void Large_claim_without_a_background_thread_is_made_at_once()
    {
        using WalLog log = Open(NewDisk());

        Assert.Equal(WalLargeClaim.Ready, log.ClaimLarge(100_000));
        Assert.Equal(100_352, log.ClaimedBytes);
    }

    [Fact]
    public async Task Small_batch_waits_for_the_large_claim_that_is_being_grown_when_there_is_no_other_room()
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files, options: Background);
        using var changes = new ChangeCount(log);
        WriteNext(log, 40_000);
        await changes.UntilAsync(() => log.ClaimedBytes == SegmentRoom);
        await changes.UntilAsync(() => log.ClaimLarge(2 * SegmentBytes) == WalLargeClaim.Ready);

        // The spare becomes the segment, and there is no room for the next one.
        FillUp(files);
        WriteNext(log, 40_000);
        await changes.UntilAsync(() => log.ClaimError is not null);

        // All the room that there is goes into the larger claim.
        FillUp(files, leftBytes: SegmentBytes);
        files.HoldSyncs("large");
        Assert.Equal(WalLargeClaim.Pending, log.ClaimLarge((3 * SegmentBytes) - (2 * Sector)));
        await files.SyncHeldAsync().WaitAsync(Limit);
        Assert.Equal(WalLargeClaim.Ready, log.ClaimLarge(40_512));

        Exception? failure = null;
        var writer = new Thread(() => failure = Record.Exception(() => WriteNext(log, 40_000)));
        writer.Start();
        SpinWait.SpinUntil(() => !writer.IsAlive || writer.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Limit);
        files.ReleaseSyncs();
        Assert.True(writer.Join(Limit));
        Assert.Null(failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Log_that_is_written_only_within_its_claim_meets_no_error_whatever_room_there_is(bool retires)
    {
        var random = new Random(11);
        for (int round = 0; round < 150; round++)
        {
            SimulatedFileSystem files = NewDisk();
            files.CapacityBytes = SegmentBytes + random.Next(4 * SegmentBytes);
            WalOptions options = Background with { RetiredSegmentsMax = random.Next(3) };
            using WalLog log = Open(files, options: options);
            for (int step = 0; step < 60; step++)
            {
                int bytes = random.Next(random.Next(10) == 0 ? 3 * SegmentBytes : 9000);
                if (log.ClaimLarge(WalLog.BatchBytesFor(1, bytes)) == WalLargeClaim.Ready)
                {
                    WriteNext(log, bytes);
                    log.Sync();
                }

                if (retires && random.Next(8) == 0)
                {
                    log.Retire(log.DurableLsn);
                }

                if (random.Next(8) == 0)
                {
                    log.RetryClaim();
                }
            }
        }
    }

    private static void FillUp(SimulatedFileSystem files, long leftBytes = 0)
    {
        files.CapacityBytes = leftBytes + files.ReadAll().Values.Sum(bytes => (long)bytes.Length);
    }

    /// <summary>Waits for news of the claim. A call of Count that is under way when the handler is taken off may end after Dispose: a channel, not a semaphore, takes that.</summary>
    private sealed class ChangeCount : IDisposable
    {
        private readonly WalLog _log;
        private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();

        internal ChangeCount(WalLog log)
        {
            _log = log;
            log.ClaimChanged += Count;
        }

        public void Dispose() => _log.ClaimChanged -= Count;

        internal async Task NextAsync() => await _changes.Reader.ReadAsync().AsTask().WaitAsync(Limit);

        internal async Task UntilAsync(Func<bool> condition)
        {
            while (!condition())
            {
                await NextAsync();
            }
        }

        private void Count() => _changes.Writer.TryWrite(true);
    }
}
