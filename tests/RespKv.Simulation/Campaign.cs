using System.Diagnostics;

namespace RespKv.Simulation;

/// <summary>Many seeds, several at a time, until the first failure.</summary>
internal sealed class Campaign(Options options)
{
    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    // Guarded by _gate.
    private int _nextSeed = options.Seed;
    private int _seeds;
    private long _crashes;
    private long _commands;
    private ulong _hash;
    private TimeSpan _said;
    private (int Seed, SimulationFailedException Failure)? _failed;

    /// <summary>The first failure, null when there was none.</summary>
    public (int Seed, SimulationFailedException Failure)? Run()
    {
        Thread[] jobs = [.. Enumerable.Range(0, options.Jobs).Select(_ => new Thread(RunSeeds))];
        Array.ForEach(jobs, static job => job.Start());
        Array.ForEach(jobs, static job => job.Join());
        Say("done:");
        return _failed;
    }

    private void RunSeeds()
    {
        while (TakeSeed() is int seed)
        {
            var trace = new Trace(options.Trace ? Console.WriteLine : null);
            var run = new SeedRun(seed, trace);
            SimulationFailedException? failure = null;
            try
            {
                run.Run();
            }
            catch (SimulationFailedException e)
            {
                failure = e;
            }
            catch (Exception e)
            {
                failure = new SimulationFailedException($"the run itself went wrong: {e}", e);
            }

            Note(seed, run, trace, failure);
        }
    }

    private int? TakeSeed()
    {
        lock (_gate)
        {
            bool isOver = _failed is not null
                || (options.Crashes is int crashes ? _crashes >= crashes : _nextSeed >= options.Seed + options.Seeds)
                || (options.Seconds is int seconds && _watch.Elapsed.TotalSeconds >= seconds);
            return isOver ? null : _nextSeed++;
        }
    }

    private void Note(int seed, SeedRun run, Trace trace, SimulationFailedException? failure)
    {
        lock (_gate)
        {
            _seeds++;
            _crashes += run.Crashes;
            _commands += run.Commands;

            // In any order the same, so it can be compared between runs of several jobs.
            _hash ^= trace.Hash;
            if (failure is not null && (_failed is not { } first || seed < first.Seed))
            {
                _failed = (seed, failure);
            }

            if (_watch.Elapsed - _said > TimeSpan.FromSeconds(10))
            {
                Say("so far:");
            }
        }
    }

    private void Say(string what)
    {
        _said = _watch.Elapsed;
        Console.WriteLine($"{what} {_seeds:N0} seeds, {_commands:N0} commands, {_crashes:N0} crashes in {_said.TotalSeconds:F1} s, trace {_hash:x16}");
    }
}
