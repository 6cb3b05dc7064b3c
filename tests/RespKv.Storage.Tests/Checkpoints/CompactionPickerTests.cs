using System.Text;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>
/// The picker as a table: a state is spelled as its runs, oldest last, each "L level first-last bytes entries"; a plan as kind,
/// numbers of the inputs (1 is the first run in the row), output level, LSNs, and "bottom" where nothing older exists.
/// </summary>
public sealed class CompactionPickerTests
{
    /// <summary>A table's target is 100 bytes, so the floor is 400.</summary>
    private static readonly CheckpointOptions Options = new(TableBytesTarget: 100) { RunsPerTier = 3 };

    [Theory]
    [InlineData("nothing", "", "none")]
    [InlineData("only a base", "L7 1-9 1000 10", "none")]
    [InlineData("two runs of a tier", "L0 3-4 10 1; L0 1-2 10 1", "none")]
    [InlineData("a whole tier and nothing older", "L0 5-6 10 1; L0 3-4 10 1; L0 1-2 10 1", "Tier 1,2,3 to L1 1-6 bottom")]
    [InlineData("a whole tier above a base", "L0 8-9 10 1; L0 5-7 10 1; L0 3-4 10 1; L7 1-2 900 90", "Tier 1,2,3 to L1 3-9")]
    [InlineData("a whole tier above an older run", "L0 8-9 10 1; L0 5-7 10 1; L0 3-4 10 1; L1 1-2 10 1", "Tier 1,2,3 to L1 3-9")]
    [InlineData("more than a tier", "L0 7-8 9 1; L0 5-6 9 1; L0 3-4 9 1; L0 1-2 9 1", "Tier 1,2,3,4 to L1 1-8 bottom")]
    [InlineData("a run of many tables is one", "L1 3-4 9 1; L1+ 3-4 9 1; L1+ 3-4 9 1; L1 1-2 9 1", "none")]
    [InlineData("the fuller level first", "L0 8-8 9 1; L0 7-7 9 1; L0 6-6 9 1; L1 5-5 9 1; L1 4-4 9 1; L1 3-3 9 1; L1 2-2 9 1", "Tier 4,5,6,7 to L2 2-5 bottom")]
    [InlineData("the lower level of two that are as full", "L0 7-7 9 1; L0 6-6 9 1; L0 5-5 9 1; L1 4-4 9 1; L1 3-3 9 1; L1 2-2 9 1", "Tier 1,2,3 to L1 5-7")]
    [InlineData("the highest tier stays where it is", "L6 6-7 9 1; L6 4-5 9 1; L6 2-3 9 1; L7 1-1 900 90", "Tier 1,2,3 to L6 2-7")]
    [InlineData("upper runs at the floor", "L0 1-2 400 1", "none")]
    [InlineData("upper runs above the floor, no base", "L0 1-2 401 1", "Base 1 to L7 1-2 bottom")]
    [InlineData("upper runs at half of the base", "L0 2-2 500 10; L7 1-1 1000 100", "none")]
    [InlineData("upper runs above half of the base", "L0 3-3 501 10; L1 2-2 1 1; L7 1-1 1000 100", "Base 1,2 to L7 1-3 bottom")]
    [InlineData("a tier waits for the base", "L0 4-4 300 9; L0 3-3 300 9; L0 2-2 300 9; L7 1-1 1000 100", "Base 1,2,3 to L7 1-4 bottom")]
    [InlineData("small deletions of half of the base", "L0 2-2 9 50; L7 1-1 1000 100", "none")]
    [InlineData("small deletions of more than half of the base", "L0 2-2 9 51; L7 1-1 1000 100", "Base 1 to L7 1-2 bottom")]
    [InlineData("a merge into the base that was left, nothing new", "L0 2-4 9 1; L7 1-4 900 90; L7 1-1 900 90", "Base 1 to L7 1-4 bottom")]
    [InlineData("a merge into the base that was left, and a newer run", "L0 5-6 9 1; L0 2-4 9 1; L7 1-4 900 90", "Base 1,2 to L7 1-6 bottom")]
    public void State_gives_plan(string what, string state, string plan)
    {
        Assert.NotEmpty(what);
        ManifestState parsed = Parse(state);
        Assert.Equal(plan, Spell(CompactionPicker.Pick(parsed, Options)));
    }

    [Theory]
    [InlineData(300, "Base 1 to L7 1-2 bottom")]
    [InlineData(320, "none")]
    public void Dead_bytes_beyond_the_live_ones_are_merged_away_when_it_is_known_how_many_live(long liveBytes, string plan)
    {
        Assert.Equal(plan, Spell(CompactionPicker.Pick(Parse("L0 2-2 40 4; L7 1-1 1000 100"), Options, liveBytes)));
    }

    [Theory]
    [InlineData("L0 1-1 9 1; L0 2-2 9 1; L0 3-3 9 1; L0 4-4 9 1; L0 5-5 9 1", false)]
    [InlineData("L0 1-1 9 1; L0 2-2 9 1; L0 3-3 9 1; L0 4-4 9 1; L0 5-5 9 1; L0 6-6 9 1", true)]
    [InlineData("L0 2-2 501 10; L7 1-1 1000 100", true)]
    [InlineData("L0 2-2 500 10; L7 1-1 1000 100", false)]
    public void It_is_urgent_when_the_base_is_due_or_a_tier_is_there_twice(string state, bool isUrgent)
    {
        Assert.Equal(isUrgent, CompactionPicker.IsUrgent(Parse(state), Options));
    }

    private static string Spell(CompactionPlan? plan)
    {
        return plan is null
            ? "none"
            : $"{plan.Kind} {string.Join(',', plan.Inputs.Order())} to L{plan.OutputLevel} {plan.FirstLsn}-{plan.LastLsn}{(plan.IsBottom ? " bottom" : "")}";
    }

    private static ManifestState Parse(string text)
    {
        var tables = new List<TableInfo>();
        foreach (string run in text.Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = run.Split(' ');
            long[] lsns = [.. fields[1].Split('-').Select(long.Parse)];
            int number = tables.Count + 1;
            int level = fields[0][1] - '0';
            long runNumber = level == CompactionPicker.BaseLevel ? 0 : fields[0].EndsWith('+') ? tables[^1].Run : number;
            byte[] key = new byte[TableKey.SpaceBytes + 1];
            TableKey.Write(key, 1, Encoding.Latin1.GetBytes($"{(char)('a' + number)}"));
            tables.Add(new TableInfo(number, level, runNumber, lsns[0], lsns[1], long.Parse(fields[2]), long.Parse(fields[3]), key, key));
        }

        return ManifestState.Empty.With(new ManifestEdit { LogId = 1, CheckpointLsn = 100, Spaces = new Dictionary<int, uint> { [0] = 1 }, Added = tables });
    }
}
