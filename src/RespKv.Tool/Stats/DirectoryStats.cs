using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Stats;

/// <summary>The tables of one level.</summary>
internal sealed record LevelStats(int Level, int Runs, int Tables, long Entries, long Tombstones, long Patches, long FileBytes, long RawBytes);

/// <summary>The keys of one database.</summary>
internal sealed record DatabaseStats(int Database, uint Space, long Keys);

/// <summary>The log. Bytes are those of batches, not of segments, which have their full size from the start.</summary>
internal sealed record LogStats(int Segments, long SegmentBytes, int SpareFiles, long SpareBytes, long BatchBytesBehindCheckpoint, long RecordsBehindCheckpoint, long LastLsn);

/// <summary>What a data directory holds.</summary>
/// <param name="Directory">Full path.</param>
/// <param name="State">By the manifest.</param>
/// <param name="Levels">By level.</param>
/// <param name="Databases">Those that have tables.</param>
/// <param name="Log">The log.</param>
/// <param name="IsExact">Keys and live bytes were counted, not estimated.</param>
/// <param name="LiveBytes">Keys and values that live in the tables; when not exact, what the base holds, 0 without one.</param>
internal sealed record DirectoryStats(
    string Directory,
    ManifestState State,
    IReadOnlyList<LevelStats> Levels,
    IReadOnlyList<DatabaseStats> Databases,
    LogStats Log,
    bool IsExact,
    long LiveBytes)
{
    /// <summary>Bytes of tables for each byte that lives; 0 when unknown.</summary>
    internal double SpaceAmplification => LiveBytes == 0 ? 0 : (double)State.TableBytes / LiveBytes;

    internal static DirectoryStats Read(
        IFileSystem files, string directory, bool exact, IProgressBar progress, CancellationToken cancel)
    {
        ManifestState state = ManifestStore.Read(files, directory);
        var readers = new List<(TableInfo Info, TableReader Reader)>();
        try
        {
            foreach (TableInfo table in state.Tables)
            {
                readers.Add((table, TableReader.Open(files, Path.Combine(directory, ManifestNames.Table(table.Number)))));
            }

            KeyCount keys = exact ? KeyCount.Exact(readers, state, progress, cancel) : KeyCount.Estimate(readers);
            return new DirectoryStats(
                directory,
                state,
                LevelsOf(readers),
                [.. state.Spaces.OrderBy(pair => pair.Key).Select(pair => new DatabaseStats(pair.Key, pair.Value, keys.BySpace.GetValueOrDefault(pair.Value)))],
                LogTotals.Read(files, directory, state, cancel),
                exact,
                keys.LiveBytes);
        }
        finally
        {
            readers.ForEach(pair => pair.Reader.Dispose());
        }
    }

    private static List<LevelStats> LevelsOf(IEnumerable<(TableInfo Info, TableReader Reader)> readers)
    {
        return
        [
            .. readers.GroupBy(pair => pair.Info.Level).OrderBy(level => level.Key).Select(level => new LevelStats(
                level.Key,
                level.Select(pair => pair.Info.Run).Distinct().Count(),
                level.Count(),
                level.Sum(pair => pair.Reader.Properties.Entries),
                level.Sum(pair => pair.Reader.Properties.Tombstones),
                level.Sum(pair => pair.Reader.Properties.Patches),
                level.Sum(pair => pair.Info.FileBytes),
                level.Sum(pair => pair.Reader.Properties.RawBytes))),
        ];
    }

    private sealed class LogTotals(long checkpointLsn) : IWalVisitor
    {
        private long _segmentBytes;
        private long _batchBytes;
        private long _records;

        internal static LogStats Read(IFileSystem files, string directory, ManifestState state, CancellationToken cancel)
        {
            var totals = new LogTotals(state.CheckpointLsn);
            WalChainSummary chain = WalChain.Walk(files, directory, new WalStart(state.LogId, state.CheckpointLsn), totals, cancel);
            List<string> spares = [.. files.ListFiles(directory).Where(DirectoryNames.IsSpare)];
            long spareBytes = spares.Sum(name => FileBytes(files, Path.Combine(directory, name)));
            return new LogStats(
                chain.Segments, totals._segmentBytes, spares.Count, spareBytes, totals._batchBytes, totals._records, chain.NextLsn - 1);
        }

        public void Segment(WalFileFacts facts) => _segmentBytes += facts.FileBytes;

        public void Batch(WalFileWalk walk, WalStanding standing)
        {
            long lastLsn = walk.FirstLsn + walk.Count - 1;
            if (standing == WalStanding.Chain && !walk.IsSeal && lastLsn > checkpointLsn)
            {
                _batchBytes += walk.Bytes;
                _records += lastLsn - Math.Max(walk.FirstLsn - 1, checkpointLsn);
            }
        }

        public void Damage(WalFileWalk walk)
        {
            // Counted as part of the segment.
        }

        public void Hole(WalHole hole)
        {
            // Check's matter.
        }

        private static long FileBytes(IFileSystem files, string path)
        {
            using IFile file = files.Open(path, FileOpenKind.Read);
            return file.Length;
        }
    }
}
