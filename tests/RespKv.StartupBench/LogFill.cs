using RespKv.Storage.Files;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;

namespace RespKv.StartupBench;

/// <summary>Writes a log of SET records into a new directory: what a server leaves that has not made a checkpoint yet.</summary>
internal static class LogFill
{
    /// <summary>Records of a batch, about what fifty clients with pipelines leave per sync.</summary>
    private const int BatchRecords = 512;

    private const long SegmentBytes = 64 << 20;

    private sealed class NoReplay : IWalReplay
    {
        public void Apply(long lsn, ReadOnlySpan<byte> record)
        {
        }

        public void Progress(in WalReplayProgress progress)
        {
        }
    }

    /// <param name="directory">Created.</param>
    /// <param name="records">How many SETs.</param>
    /// <param name="keys">How many different keys; they are chosen in no order.</param>
    public static void Run(string directory, long records, long keys)
    {
        var files = new PosixFileSystem();
        files.CreateDirectory(directory);
        using WalLog log = WalLog.Open(files, directory, new WalOptions(SegmentBytes), new NoReplay(), CancellationToken.None);
        var batch = new WalBatch();
        batch.Reset(log.LastLsn + 1);
        Span<byte> key = stackalloc byte[DataSet.KeyBytes];
        Span<byte> value = stackalloc byte[DataSet.ValueBytes];
        long written = 0;
        while (written < records)
        {
            foreach (long number in DataSet.Shuffled(keys))
            {
                DataSet.Key(key, number);
                DataSet.Value(value, number + written);
                batch.BeginRecord();
                MutationWriter.Set(batch, 0, key, value, MutationWriter.NoExpiry);
                batch.EndRecord();
                written++;
                if (batch.RecordCount == BatchRecords || written == records)
                {
                    log.Write(batch, log.DurableLsn);
                    batch.Reset(log.LastLsn + 1);
                }

                if (written == records)
                {
                    break;
                }
            }
        }

        log.Close(log.Sync());
    }
}
