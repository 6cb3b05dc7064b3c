using System.Globalization;
using RespKv.CrashTests.Loads;

namespace RespKv.CrashTests.Checks;

/// <summary>
/// Holds what was found of one writer's keys against what was sent. A connection's commands are executed in their order and the
/// log ends at one point, so the keys have to be as the first N operations leave them, for an N that covers everything that was
/// acknowledged or shown. What was refused has to be left out.
/// </summary>
internal sealed class SequenceCheck
{
    /// <summary>Unanswered operations of which every subset is tried: 2^12 states.</summary>
    public const int SubsetOperationsMax = 12;

    private readonly SequenceLedger _ledger;
    private readonly IReadOnlyDictionary<string, string> _found;
    private readonly List<SequenceOperation> _operations;
    private readonly IReadOnlyCollection<long> _shown;

    private SequenceCheck(SequenceLedger ledger, IReadOnlyDictionary<string, string> found)
    {
        _ledger = ledger;
        _found = found;
        _shown = ledger.Shown;
        _operations = [];
        for (long number = ledger.First; number <= ledger.Sent; number++)
        {
            if (ledger.FateOf(number) != Fate.Refused)
            {
                _operations.Add(ledger.Plan.Make(number));
            }
        }
    }

    /// <param name="refusals">
    /// The server may have refused some of what it did not answer any more and executed others (a full disk): of the unanswered
    /// ones any subset may be there.
    /// </param>
    public static SequenceVerdict Judge(SequenceLedger ledger, IReadOnlyDictionary<string, string> found, bool refusals)
    {
        var check = new SequenceCheck(ledger, found);
        var counts = new SequenceVerdict
        {
            Acknowledged = check._operations.LongCount(operation => ledger.FateOf(operation.Number) == Fate.Acknowledged),
            Shown = check._shown.Count,
        };
        if (check.LongestPrefix() is long last)
        {
            return counts + check.LostAfter(last);
        }

        return refusals && check.IsSomeSubset() ? counts : counts + check.Differences();
    }

    /// <summary>The number of the last operation of the longest prefix that explains what was found; null when none does.</summary>
    private long? LongestPrefix()
    {
        SequenceState state = StartState();
        long? longest = state.Differences == 0 ? _ledger.First - 1 : null;
        foreach (SequenceOperation operation in _operations)
        {
            state.Apply(operation);
            if (state.Differences == 0)
            {
                longest = operation.Number;
            }
        }

        return longest;
    }

    private bool IsSomeSubset()
    {
        List<SequenceOperation> sure = [.. _operations.Where(operation => _ledger.FateOf(operation.Number) == Fate.Acknowledged || _shown.Contains(operation.Number))];
        List<SequenceOperation> open = [.. _operations.Except(sure)];
        if (open.Count > SubsetOperationsMax)
        {
            return false;
        }

        for (int subset = 0; subset < 1 << open.Count; subset++)
        {
            SequenceState state = StartState();
            foreach (SequenceOperation operation in sure.Concat(open.Where((_, i) => (subset >> i & 1) == 1)).OrderBy(operation => operation.Number))
            {
                state.Apply(operation);
            }

            if (state.Differences == 0)
            {
                return true;
            }
        }

        return false;
    }

    private SequenceVerdict LostAfter(long last)
    {
        long[] acknowledged = [.. _operations.Select(operation => operation.Number).Where(number => number > last && _ledger.FateOf(number) == Fate.Acknowledged)];
        long[] shown = [.. _shown.Where(number => number > last)];
        return new SequenceVerdict
        {
            LostAcknowledged = acknowledged.Length,
            LostShown = shown.Length,
            Example = acknowledged.Length + shown.Length == 0
                ? ""
                : $"{_ledger.Plan.Keys[0]}...: as after operation {last}; acknowledged up to {acknowledged.LastOrDefault(last)}, shown up to {shown.Order().LastOrDefault(last)}, sent up to {_ledger.Sent}",
        };
    }

    /// <summary>No prefix explains it: key by key, by the value that is there.</summary>
    private SequenceVerdict Differences()
    {
        var series = new SequenceSeries(_ledger, _operations);
        HashSet<long> missing = [];
        long damaged = 0;
        long older = 0;
        string example = "";
        foreach (string key in _ledger.Plan.Keys)
        {
            string? value = _found.GetValueOrDefault(key);
            if (series.Find(key, value) is not { } place)
            {
                // What it held before the last strike: but the check after that strike saw something newer.
                bool isOlder = value is null || IsOfAnEarlierLife(key, value);
                older += isOlder ? 1 : 0;
                damaged += isOlder ? 0 : 1;
                example = example.Length > 0 ? example : $"{key} holds {Shorten(value)}, which was not written to it in this life; at its start it held {Shorten(_ledger.Start.GetValueOrDefault(key))}";
                continue;
            }

            missing.UnionWith(series.NumbersAfter(key, place));
        }

        long[] acknowledged = [.. missing.Where(number => _ledger.FateOf(number) == Fate.Acknowledged)];
        return new SequenceVerdict
        {
            LostAcknowledged = acknowledged.Length,
            LostShown = older + missing.Count(_shown.Contains),
            Damaged = damaged,
            Partial = older == 0 ? 1 : 0,
            Example = example.Length > 0 ? example : $"{_ledger.Plan.Keys[0]}...: no number of operations explains what is there; acknowledged and missing: {string.Join(' ', acknowledged.Order().Take(5))}",
        };
    }

    private bool IsOfAnEarlierLife(string key, string value)
    {
        // A counter shows no operation; an APPEND to a key that was not there starts with its separator.
        if (long.TryParse(value, CultureInfo.InvariantCulture, out long _))
        {
            return true;
        }

        string[] writes = value.Split(';');
        long number = SequencePlan.NumberIn(writes[0].Length > 0 ? writes[0] : $";{writes[1]}");
        return number >= 0 && number < _ledger.First
            && _ledger.Plan.Make(number).Steps.Any(step => step.Key == key && step.Text.Length > 0 && value.StartsWith(step.Text, StringComparison.Ordinal));
    }

    private SequenceState StartState() => new(_ledger.Start, _found, _ledger.Plan.Keys);

    private static string Shorten(string? value) => value is null ? "nothing" : value.Length <= 40 ? value : $"{value[..40]}... ({value.Length} bytes)";
}
