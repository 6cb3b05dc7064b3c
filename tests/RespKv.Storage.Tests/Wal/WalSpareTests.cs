using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Wal.LogMaker;

namespace RespKv.Storage.Tests.Wal;

/// <summary>The segment that is made ahead of need.</summary>
public sealed class WalSpareTests
{
    private const string SparePath = $"{DataDirectory}/spare.log";
    private const int SegmentBytes = 3 << 20;

    private static readonly WalOptions Background = Options with { PrepareSpare = true };

    [Fact]
    public void Requested_spare_is_zeros_of_the_right_size_and_synced()
    {
        SimulatedFileSystem files = NewDisk();
        using var spare = NewSpare(files);
        spare.Request();

        Assert.Equal(new WalSpareFile(SparePath, SegmentBytes, IsRecycled: false), spare.Take(SegmentBytes));

        Assert.Equal(SegmentBytes, files.ReadFile(SparePath).Length);
        Assert.Equal(0, files.PendingSectors(SparePath));
    }

    [Fact]
    public void Ready_spare_is_taken_without_a_write()
    {
        SimulatedFileSystem files = NewDisk();
        using var spare = NewSpare(files);
        spare.Request();
        spare.Take(SegmentBytes);

        Assert.Equal(SegmentBytes / ZeroWriter.BackgroundSyncBytes, files.Count(FileOperation.Write));
        Assert.Equal(SegmentBytes / ZeroWriter.BackgroundSyncBytes, files.Count(FileOperation.SyncData));
    }

    [Fact]
    public void Spare_that_was_not_requested_is_made_in_line()
    {
        SimulatedFileSystem files = NewDisk();
        using var spare = NewSpare(files, inBackground: false);
        spare.Request();

        spare.Take(SegmentBytes);

        Assert.Equal(SegmentBytes, files.ReadFile(SparePath).Length);
        Assert.Equal(1, files.Count(FileOperation.SyncData));
        Assert.Equal(0, files.PendingSectors(SparePath));
    }

    [Fact]
    public void Leftover_spare_is_written_over_and_cut_to_size()
    {
        SimulatedFileSystem files = NewDisk();
        using (IFile leftover = files.Open(SparePath, FileOpenKind.CreateNew))
        {
            leftover.Write(Content(1, SegmentBytes + 5000), 0);
        }

        using var spare = NewSpare(files);
        spare.Request();
        spare.Take(SegmentBytes);

        Assert.Equal(new byte[SegmentBytes], files.ReadFile(SparePath));
    }

    [Fact]
    public async Task Disposing_stops_at_the_slice_that_is_being_synced()
    {
        SimulatedFileSystem files = NewDisk();
        var spare = NewSpare(files);
        files.HoldSyncs("spare");
        spare.Request();
        await files.SyncHeldAsync().WaitAsync(Limit);
        Task disposing = Task.Run(spare.Dispose);
        while (!spare.IsStopping)
        {
            await Task.Yield();
        }

        files.ReleaseSyncs();
        await disposing;

        Assert.Equal(1, files.Count(FileOperation.Write));
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Failure_in_the_background_is_forgotten_when_there_is_room_at_the_switch()
    {
        SimulatedFileSystem files = NewDisk();
        files.FailNext(FileOperation.Write, Errno.ENOSPC, "spare");
        using var spare = NewSpare(files);
        spare.Request();

        Assert.Equal(new WalSpareFile(SparePath, SegmentBytes, IsRecycled: false), spare.Take(SegmentBytes));
        Assert.Equal(SegmentBytes, files.ReadFile(SparePath).Length);
    }

    [Fact]
    public void Full_disk_is_reported_at_the_switch_and_the_log_goes_on_when_there_is_room()
    {
        SimulatedFileSystem files = NewDisk();
        files.CapacityBytes = 4096 + 100;
        using WalLog log = Open(files, options: Background);
        for (int count = 0; count < BatchesPerSegment; count++)
        {
            WriteNext(log);
            log.Sync();
        }

        StorageException failure = Assert.Throws<StorageException>(() => WriteNext(log));
        Assert.Equal((StorageErrorKind.NoSpace, SparePath), (failure.Kind, failure.Path));
        Assert.Equal(BatchesPerSegment, log.Sync());

        files.CapacityBytes = 4 * 4096;
        WriteNext(log);
        Assert.Equal(BatchesPerSegment + 1, log.Sync());
    }

    [Fact]
    public void Disk_too_small_for_the_first_segment_fails_the_opening()
    {
        SimulatedFileSystem files = NewDisk();
        files.CapacityBytes = 4095;

        Assert.Equal(StorageErrorKind.NoSpace, Assert.Throws<StorageException>(() => Open(files)).Kind);
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Log_with_a_spare_thread_switches_through_many_segments()
    {
        SimulatedFileSystem files = NewDisk();
        using (WalLog log = Open(files, options: Background))
        {
            for (int count = 0; count < 10 * BatchesPerSegment; count++)
            {
                WriteNext(log);
                log.Sync();
            }

            Assert.Equal(10, log.SegmentCount);
            log.Close(log.DurableLsn);
        }

        Assert.Equal(0, files.OpenFiles);
        AssertRecovers(files, 10 * BatchesPerSegment);
    }

    private static WalSpare NewSpare(SimulatedFileSystem files, bool inBackground = true)
    {
        var options = new WalOptions(SegmentBytes, inBackground);
        return new WalSpare(files, DataDirectory, options, new WalRetired(files, DataDirectory, options), () => { });
    }
}
