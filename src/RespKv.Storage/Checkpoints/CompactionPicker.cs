using RespKv.Storage.Manifest;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// Decides what is merged next. Pure.
///
/// Invariants, which hold because nothing else moves tables between levels:
/// - Runs of a lower level are newer than those of a higher one, so all runs of one level are neighbours.
/// - While a merge into the base is unfinished, base tables stand for LSNs of runs that still exist. Then nothing but the rest of
///   that merge is picked: a tier's run that such a run went into would no longer be covered, and its patches would find nothing.
/// </summary>
public static class CompactionPicker
{
    internal const int BaseLevel = ManifestFormat.BaseLevel;

    /// <summary>Runs of the highest tier become one of the same level.</summary>
    internal const int TierLevelMax = BaseLevel - 1;

    /// <summary>Upper runs beyond base / 2 are merged into it: dead bytes in the base are bounded, and a byte is rewritten 3 times per doubling.</summary>
    private const int BaseBytesPerUpperByte = 2;

    /// <summary>What to do next, or null.</summary>
    /// <param name="state">What is there.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="liveBytesMax">At least what the live data takes, see <see cref="SpaceBound.LiveBytesMax"/>; left out when it is not known.</param>
    public static CompactionPlan? Pick(ManifestState state, CheckpointOptions options, long liveBytesMax = long.MaxValue)
        => IsBaseDue(state, options, liveBytesMax) ? BasePlan(state) : TierPlan(state, options.RunsPerTier);

    /// <summary>Checkpoint steps and compaction steps must now alternate, or space and runs are no longer bounded.</summary>
    public static bool IsUrgent(ManifestState state, CheckpointOptions options, long liveBytesMax = long.MaxValue)
        => IsBaseDue(state, options, liveBytesMax) || TierPlan(state, 2 * options.RunsPerTier) is not null;

    private static bool IsBaseDue(ManifestState state, CheckpointOptions options, long liveBytesMax)
    {
        List<TableInfo> upper = [.. state.Tables.Where(table => table.Level != BaseLevel)];
        if (upper.Count == 0)
        {
            return false;
        }

        List<TableInfo> lower = [.. state.Tables.Where(table => table.Level == BaseLevel)];
        bool isUnfinished = lower.Count > 0 && upper.Min(table => table.LastLsn) <= lower.Max(table => table.LastLsn);
        return isUnfinished || Outweighs(upper, lower, options) || state.TableBytes > SpaceBound.MergeAboveBytes(liveBytesMax, options);
    }

    // An entry counts as what it may make garbage of: a deletion has few bytes, but an average entry of the base goes with it.
    private static bool Outweighs(List<TableInfo> upper, List<TableInfo> lower, CheckpointOptions options)
    {
        long baseBytes = lower.Sum(table => table.FileBytes);
        long baseEntries = lower.Sum(table => table.Entries);
        double bytesPerEntry = baseEntries == 0 ? 0 : (double)baseBytes / baseEntries;
        double weight = upper.Sum(table => Math.Max(table.FileBytes, table.Entries * bytesPerEntry));
        return weight > Math.Max(SpaceBound.FloorBytes(options), (double)baseBytes / BaseBytesPerUpperByte);
    }

    private static CompactionPlan BasePlan(ManifestState state)
    {
        return new CompactionPlan(
            CompactionKind.Base,
            [.. state.Tables.Where(table => table.Level != BaseLevel).Select(table => table.Number)],
            BaseLevel,
            WalFormat.FirstLsn,
            state.Tables.Max(table => table.LastLsn),
            IsBottom: true,
            state.TableBytes);
    }

    private static CompactionPlan? TierPlan(ManifestState state, int runsMin)
    {
        IGrouping<int, TableInfo>? level = state.Tables
            .Where(table => table.Level != BaseLevel)
            .GroupBy(table => table.Level)
            .Where(tables => Runs(tables) >= runsMin)
            .OrderByDescending(Runs)
            .ThenBy(tables => tables.Key)
            .FirstOrDefault();
        if (level is null)
        {
            return null;
        }

        return new CompactionPlan(
            CompactionKind.Tier,
            [.. level.Select(table => table.Number)],
            Math.Min(level.Key + 1, TierLevelMax),
            level.Min(table => table.FirstLsn),
            level.Max(table => table.LastLsn),
            IsBottom: state.Tables.All(table => table.Level <= level.Key),
            level.Sum(table => table.FileBytes));
    }

    private static int Runs(IEnumerable<TableInfo> tables) => tables.Select(table => table.Run).Distinct().Count();
}
