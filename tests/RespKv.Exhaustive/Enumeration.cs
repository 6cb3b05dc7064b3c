using System.Diagnostics;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Exhaustive;

/// <summary>All that is asked for, one after the other.</summary>
internal sealed class Enumeration
{
    private static readonly Errno[] Errors = [Errno.EIO, Errno.ENOSPC, Errno.EROFS];

    /// <summary>More would tell nothing new.</summary>
    private const int FailuresMax = 20;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(20);

    private readonly Options _options;
    private readonly CrashPointSettings _settings;
    private readonly Recovery _recovery;

    // By sequence: the calls that it makes until its last letter is answered. Those of a longer one begin with them.
    private readonly Dictionary<string, int> _prefixes = [];

    // By sequence: the errors that ended the server before its last letter was answered. It ends the same way in longer ones.
    private readonly HashSet<(string Sequence, Fault Fault)> _ends = [];
    private readonly Stopwatch _sinceProgress = Stopwatch.StartNew();

    public Enumeration(Options options)
    {
        _options = options;
        _settings = new CrashPointSettings(new SeenStates(), options.CrashSeeds, new Tally());
        _recovery = new Recovery(_settings);
    }

    public Tally Tally => _settings.Tally;

    public void Run()
    {
        int first = _options.Schedule ?? 0;
        for (int schedule = first; schedule < (_options.Schedule is null ? _options.Schedules : first + 1); schedule++)
        {
            foreach (StartState start in StartState.All)
            {
                if ((_options.Start is null || _options.Start == start.Name) && Tally.Failures < FailuresMax)
                {
                    RunAll(start, schedule);
                }
            }
        }
    }

    private void RunAll(StartState start, int schedule)
    {
        _prefixes.Clear();
        _ends.Clear();
        IEnumerable<IReadOnlyList<Letter>> sequences = _options.Sequence is { } one ? [one] : All(Math.Min(start.LengthMax, _options.Length));
        foreach (IReadOnlyList<Letter> letters in sequences)
        {
            Tally.Sequences++;
            if (_options.Call is { } call)
            {
                Inspect(start, letters, schedule, new Fault(call, _options.Errno ?? Errno.EIO));
                continue;
            }

            SequenceRun? run = Inspect(start, letters, schedule, fault: null);
            if (run is not null)
            {
                Tally.Calls += run.Calls.Count;
                CheckPrefix(letters, run);
            }

            if (run is not null && letters.Count <= Math.Min(start.ErrorLengthMax, _options.ErrorLength))
            {
                InspectFaults(start, letters, schedule, run);
            }

            if (Tally.Failures >= FailuresMax)
            {
                return;
            }
        }
    }

    // An error while the server starts is followed by at most one letter: there are too many calls for more.
    private void InspectFaults(StartState start, IReadOnlyList<Letter> letters, int schedule, SequenceRun run)
    {
        string name = Name(letters);
        string prefix = letters.Count == 0 ? "" : Name([.. letters.SkipLast(1)]);
        for (int call = letters.Count > 1 ? run.CallsUntil.Start + 1 : 1; call <= run.Calls.Count; call++)
        {
            foreach (Errno errno in Errors)
            {
                var fault = new Fault(call, errno);
                if (!FaultPlan.MayAnswer(errno, run.Calls[call - 1]))
                {
                    continue;
                }

                if (letters.Count > 0 && _ends.Contains((prefix, fault)))
                {
                    _ends.Add((name, fault));
                    continue;
                }

                Tally.Faults++;
                if (Inspect(start, letters, schedule, fault) is { IsAnswered: false })
                {
                    _ends.Add((name, fault));
                }
            }
        }
    }

    /// <returns>Null when it has failed.</returns>
    private SequenceRun? Inspect(StartState start, IReadOnlyList<Letter> letters, int schedule, Fault? fault)
    {
        if (_sinceProgress.Elapsed > ProgressEvery)
        {
            _sinceProgress.Restart();
            Console.WriteLine($"  {Tally} (schedule {schedule}, start {start.Name}, {Name(letters)})");
        }

        var run = new SequenceRun(start, letters, schedule, fault, _settings);
        string at = "";
        try
        {
            run.Run();
            foreach (Crashed crashed in run.Crashes)
            {
                at = crashed.Where;
                _recovery.Check(crashed, _options.Depth);
            }

            return run;
        }
        catch (CheckFailedException e)
        {
            Tally.Failures++;
            Console.WriteLine($"FAILED: {(at.Length == 0 ? "while the server ran" : at)}: {e.Message}");
            Console.WriteLine(
                $"  Repeat it: --start {start.Name} --schedule {schedule} --crash-seeds {_options.CrashSeeds} --depth {_options.Depth} --sequence {(letters.Count == 0 ? "," : Name(letters))}"
                + (fault is null ? "" : $" --call {fault.Call} --errno {fault.Errno}"));
            return null;
        }
    }

    // The crashes in the letters before the last one are left to the shorter sequences: true only while runs repeat each other.
    private void CheckPrefix(IReadOnlyList<Letter> letters, SequenceRun run)
    {
        _prefixes[Name(letters)] = run.CallsUntil.Letters;
        if (letters.Count > 0 && _prefixes.TryGetValue(Name([.. letters.SkipLast(1)]), out int calls) && calls != run.CallsBeforeLast)
        {
            throw new InvalidOperationException($"{Name(letters)}: {run.CallsBeforeLast} calls before the last letter, and {calls} without it: runs do not repeat each other");
        }
    }

    private static string Name(IReadOnlyList<Letter> letters) => string.Join(',', letters.Select(letter => letter.Name));

    private static IEnumerable<IReadOnlyList<Letter>> All(int lengthMax)
    {
        List<List<Letter>> longest = [[]];
        for (int length = 0; length <= lengthMax; length++)
        {
            foreach (List<Letter> sequence in longest)
            {
                yield return sequence;
            }

            longest = [.. longest.SelectMany(sequence => Letter.Alphabet.Select(letter => (List<Letter>)[.. sequence, letter]))];
        }
    }
}
