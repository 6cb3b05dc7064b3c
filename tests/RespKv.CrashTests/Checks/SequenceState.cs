using RespKv.CrashTests.Loads;

namespace RespKv.CrashTests.Checks;

/// <summary>The keys of a writer as its operations change them, and how many differ from what was found.</summary>
internal sealed class SequenceState
{
    private readonly Dictionary<string, string> _values;
    private readonly IReadOnlyDictionary<string, string> _found;

    public SequenceState(IReadOnlyDictionary<string, string> start, IReadOnlyDictionary<string, string> found, IEnumerable<string> keys)
    {
        _values = new Dictionary<string, string>(start);
        _found = found;
        Differences = keys.Count(Differs);
    }

    /// <summary>Keys whose value is another than the one found.</summary>
    public int Differences { get; private set; }

    public void Apply(SequenceOperation operation)
    {
        foreach (SequenceStep step in operation.Steps)
        {
            Differences -= Differs(step.Key) ? 1 : 0;
            if (step.After(_values.GetValueOrDefault(step.Key)) is { } after)
            {
                _values[step.Key] = after;
            }
            else
            {
                _values.Remove(step.Key);
            }

            Differences += Differs(step.Key) ? 1 : 0;
        }
    }

    public string? this[string key] => _values.GetValueOrDefault(key);

    private bool Differs(string key) => _values.GetValueOrDefault(key) != _found.GetValueOrDefault(key);
}
