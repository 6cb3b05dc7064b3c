using RespKv.Storage.Files;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Wal;

/// <summary>Makes logs for tests: one record a batch unless said otherwise, in segments of 4 KiB, so six small batches each.</summary>
internal static class LogMaker
{
    internal const string DataDirectory = "/data";
    internal const ulong LogId = 0x1122_3344_5566_7788;
    internal const int Sector = 512;
    internal const int BatchesPerSegment = 6;

    internal static readonly WalOptions Options = new(4096, PrepareSpare: false, NewLogId: LogId);

    /// <summary>For what a broken log would wait for in vain.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    internal static SimulatedFileSystem NewDisk()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory(DataDirectory);
        return files;
    }

    internal static WalLog Open(IFileSystem files, IWalReplay? replay = null, WalOptions? options = null, WalStart start = default)
    {
        replay ??= new RecordedReplay(start.CheckpointLsn);
        return WalLog.Open(files, DataDirectory, options ?? Options, start, replay, CancellationToken.None);
    }

    /// <summary>A checkpoint of the log that is made here.</summary>
    internal static WalStart Checkpoint(long lsn) => new(LogId, lsn);

    internal static string Segment(long firstLsn) => $"{DataDirectory}/wal-{firstLsn:D20}.log";

    internal static string Retired(long firstLsn) => $"{DataDirectory}/retired-{firstLsn:D20}.log";

    /// <summary>Paths of the log's segments.</summary>
    internal static IEnumerable<string> Segments(SimulatedFileSystem files)
    {
        return files.ReadAll().Keys.Where(path => path.Contains("/wal-", StringComparison.Ordinal));
    }

    /// <summary>Where the n-th small batch of a segment starts; the first is 1.</summary>
    internal static long OffsetOf(int batch) => (long)Sector * batch;

    /// <summary>What the record of an LSN holds; the salt tells two lives of an LSN apart.</summary>
    internal static byte[] Content(long lsn, int bytes = 100, int salt = 0)
    {
        byte[] content = new byte[bytes];
        new Random(HashCode.Combine((int)lsn, salt)).NextBytes(content);
        return content;
    }

    internal static WalBatch Batch(long firstLsn, params byte[][] records)
    {
        var batch = new WalBatch();
        batch.Reset(firstLsn);
        foreach (byte[] record in records)
        {
            batch.BeginRecord();
            record.CopyTo(batch.Reserve(record.Length));
            batch.Advance(record.Length);
            batch.EndRecord();
        }

        return batch;
    }

    /// <summary>Writes the next record as a batch of its own.</summary>
    internal static void WriteNext(WalLog log, int bytes = 100, int salt = 0)
    {
        long lsn = log.LastLsn + 1;
        log.Write(Batch(lsn, Content(lsn, bytes, salt)), log.DurableLsn);
    }

    /// <summary>A disk with a log of that many batches, each synced before the next is written; not closed.</summary>
    internal static SimulatedFileSystem SyncedLog(int batches, int bytes = 100)
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        for (int count = 0; count < batches; count++)
        {
            WriteNext(log, bytes);
            log.Sync();
        }

        return files;
    }

    /// <summary>The same, but no batch says that anything was durable.</summary>
    internal static SimulatedFileSystem UnsyncedLog(int batches, int bytes = 100)
    {
        SimulatedFileSystem files = NewDisk();
        using WalLog log = Open(files);
        for (int count = 0; count < batches; count++)
        {
            WriteNext(log, bytes);
        }

        return files;
    }

    /// <summary>Opens the log and checks that it holds exactly the records behind the checkpoint (1 without one) to that LSN.</summary>
    internal static WalRecoveryReport AssertRecovers(IFileSystem files, long lastLsn, int bytes = 100, long checkpointLsn = 0)
    {
        WalStart start = checkpointLsn == 0 ? WalStart.None : Checkpoint(checkpointLsn);
        var replay = new RecordedReplay(checkpointLsn);
        using WalLog log = Open(files, replay, start: start);
        Assert.Equal(lastLsn, log.LastLsn);
        Assert.Equal(lastLsn, log.DurableLsn);
        Assert.Equal(lastLsn - checkpointLsn, replay.Records.Count);
        for (int index = 0; index < replay.Records.Count; index++)
        {
            Assert.Equal(Content(checkpointLsn + index + 1, bytes), replay.Records[index]);
        }

        return log.Recovery;
    }

    /// <summary>Opens the log, expects a refusal that names this place, and that not one byte or name was changed.</summary>
    internal static WalCorruptionException AssertCorrupt(
        SimulatedFileSystem files, string file, long offset, long lsn, WalStart start = default)
    {
        SortedDictionary<string, byte[]> before = files.ReadAll();
        WalCorruptionException corruption = Assert.Throws<WalCorruptionException>(() => Open(files, start: start));
        Assert.Equal(before, files.ReadAll());
        Assert.Equal(0, files.OpenFiles);
        Assert.Equal((file, offset, lsn), (corruption.File, corruption.Offset, corruption.Lsn));
        Assert.Contains($"{file}, offset {offset}, LSN {lsn}: ", corruption.Message, StringComparison.Ordinal);
        Assert.Contains($"respkv check {DataDirectory}", corruption.Message, StringComparison.Ordinal);
        return corruption;
    }
}
