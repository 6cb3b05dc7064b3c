namespace RespKv.CrashTests.Reports;

/// <summary>The sum of many cycles, as a row of the table.</summary>
internal sealed class Tally(string name)
{
    public const string Header = """
        | strike | cycles | SIGKILLs | power cuts | disk errors | writes acknowledged | reads shown | acknowledged, lost | shown, lost | damaged | partial | histories (calls) | not linearizable | undecided | server failures | longest recovery |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        """;

    private readonly List<CycleResult> _results = [];

    public int Cycles => _results.Count;

    public void Add(CycleResult result) => _results.Add(result);

    public string ToRow()
    {
        string[] cells =
        [
            name, Number(Cycles), Sum(each => each.Kills), Sum(each => each.Cuts), Sum(each => each.DiskErrors), Sum(each => each.Sequences.Acknowledged), Sum(each => each.Reads),
            Sum(each => each.Sequences.LostAcknowledged), Sum(each => each.Sequences.LostShown), Sum(each => each.Sequences.Damaged), Sum(each => each.Sequences.Partial),
            $"{_results.Count(each => each.HistoryCalls > 0)} ({Sum(each => each.HistoryCalls)})", Sum(each => each.Violations), Sum(each => each.Undecided),
            Sum(each => each.Failures), $"{_results.Select(each => each.Recovery.TotalSeconds).DefaultIfEmpty().Max():F2} s",
        ];
        return $"| {string.Join(" | ", cells)} |";
    }

    /// <summary>How the server met its ends, with counts.</summary>
    public string ToNotes() => string.Join("; ", _results
        .Where(each => each.Note.Length > 0)
        .GroupBy(each => each.Note)
        .OrderByDescending(group => group.Count())
        .Select(group => $"{group.Key}: {group.Count()}"));

    private string Sum(Func<CycleResult, long> count) => Number(_results.Sum(count));

    private static string Number(long number) => number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
}
