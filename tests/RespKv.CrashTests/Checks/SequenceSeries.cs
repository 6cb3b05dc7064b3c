using RespKv.CrashTests.Loads;

namespace RespKv.CrashTests.Checks;

/// <summary>The values that each key had in turn, when all operations are executed in order.</summary>
internal sealed class SequenceSeries
{
    private readonly Dictionary<string, List<(long Number, string? Value)>> _series = [];

    public SequenceSeries(SequenceLedger ledger, IEnumerable<SequenceOperation> operations)
    {
        foreach (string key in ledger.Plan.Keys)
        {
            _series[key] = [(ledger.First - 1, ledger.Start.GetValueOrDefault(key))];
        }

        foreach (SequenceOperation operation in operations)
        {
            foreach (SequenceStep step in operation.Steps)
            {
                List<(long Number, string? Value)> values = _series[step.Key];
                values.Add((operation.Number, step.After(values[^1].Value)));
            }
        }
    }

    /// <summary>The last place where the key had that value; null when it never had it.</summary>
    public int? Find(string key, string? value)
    {
        int place = _series[key].FindLastIndex(each => each.Value == value);
        return place < 0 ? null : place;
    }

    /// <summary>Operations that changed the key after that place.</summary>
    public IEnumerable<long> NumbersAfter(string key, int place) => _series[key].Skip(place + 1).Select(each => each.Number);
}
