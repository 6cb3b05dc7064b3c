using System.Diagnostics;
using System.Globalization;

namespace RespKv.Fuzz.Running;

/// <summary>One target: the corpus first, then inputs made out of it and out of what behaved in a new way.</summary>
internal sealed class FuzzRun
{
    /// <summary>One in so many inputs is made anew.</summary>
    private const int AnewOneIn = 8;

    /// <summary>Enough to see a pattern; more would only fill the disk.</summary>
    private const int FindingsMax = 10;

    private static readonly TimeSpan ProgressTime = TimeSpan.FromSeconds(20);

    private readonly Options _options;
    private readonly string _name;
    private readonly IFuzzTarget _target;
    private readonly InputPool _pool = new();
    private readonly InputBuffer _input = new();
    private readonly RunResult _result = new();
    private readonly HashSet<string> _findings = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _inputs;
    private long _allocatedMost;
    private long _slowestTicks;
    private int _findingCount;

    public FuzzRun(Options options, string name)
    {
        _options = options;
        _name = name;
        _target = TargetList.Make(name);
    }

    /// <returns>False when something was found.</returns>
    public bool Run()
    {
        if (_options.Replay is { } file)
        {
            return Replay(file);
        }

        Console.WriteLine($"{_name}: seed {_options.Seed}");
        var random = new Random(_options.Seed);
        using var watchdog = new Watchdog(Stuck);
        RunCorpus(random, watchdog);
        TimeSpan next = ProgressTime;
        while (_inputs < _options.Inputs && _clock.Elapsed < _options.Time && _findingCount < FindingsMax)
        {
            _input.Clear();
            ReadOnlySpan<byte> parent = random.Next(AnewOneIn) == 0 ? default : _pool.Pick(random);
            _target.Make(random, parent, _pool.Pick(random), _input);
            RunOne(random, watchdog);
            if (_clock.Elapsed > next)
            {
                next = _clock.Elapsed + ProgressTime;
                Console.WriteLine(Progress());
            }
        }

        Report();
        return _findingCount == 0;
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void RunCorpus(Random random, Watchdog watchdog)
    {
        string folder = Path.Combine(_options.Corpus, _name);
        string[] paths = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            _input.Clear();
            _input.Add(File.ReadAllBytes(path));
            RunOne(random, watchdog);
        }
    }

    private void RunOne(Random random, Watchdog watchdog)
    {
        watchdog.Next();
        _result.Begin();
        long start = Stopwatch.GetTimestamp();
        try
        {
            _target.Run(_input.Span, _result);
            ThrowIfGreedy(_input.Length);
        }
        catch (Exception e)
        {
            Report(e);
        }

        _slowestTicks = Math.Max(_slowestTicks, Stopwatch.GetTimestamp() - start);
        _inputs++;
        if (_pool.IsNew(_result.Fingerprint))
        {
            _pool.Add(random, _input.Span);
            Keep();
        }
    }

    private void ThrowIfGreedy(int inputBytes)
    {
        long max = _target.AllocatedBytesMax + (_target.AllocatedPerInputByte * inputBytes);
        _allocatedMost = Math.Max(_allocatedMost, _result.AllocatedBytes);
        if (_result.AllocatedBytes > max)
        {
            throw new FindingException($"{_result.AllocatedBytes} bytes were allocated for an input of {inputBytes}; the bound is {max}");
        }
    }

    private bool Replay(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        Console.WriteLine(_target.Describe(bytes));
        using var watchdog = new Watchdog(Stuck);
        watchdog.Next();
        try
        {
            _target.Run(bytes, _result);
            ThrowIfGreedy(bytes.Length);
            Console.WriteLine($"{string.Join(", ", _result.Outcomes.Keys)}; {_result.AllocatedBytes} bytes allocated");
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine(e);
            return false;
        }
    }

    /// <summary>The same exception from the same place is told once.</summary>
    private void Report(Exception e)
    {
        string place = e is FindingException ? e.Message : $"{e.GetType().Name} {e.StackTrace?.Split('\n')[0]}";
        string kind = new([.. place.Where(c => !char.IsAsciiDigit(c)).Take(160)]);
        if (_findings.Add(kind))
        {
            _findingCount++;
            string file = Write($"finding-{_name}-{_options.Seed}-{_findingCount}");
            Console.WriteLine($"{_name}: FOUND with seed {_options.Seed}, input {Text(_inputs)}, in {file}:\n{e}\n{_target.Describe(_input.Span)}");
        }
    }

    private void Stuck()
    {
        string file = Write($"finding-{_name}-{_options.Seed}-stuck");
        Console.WriteLine($"{_name}: FOUND with seed {_options.Seed}: an input takes longer than {Watchdog.ProcessorTimeMax.TotalSeconds} s of processor time, or waits, in {file}");
        Environment.Exit(1);
    }

    private string Write(string name)
    {
        Directory.CreateDirectory(_options.Findings);
        string path = Path.Combine(_options.Findings, name + ".bin");
        File.WriteAllBytes(path, _input.Span);
        return path;
    }

    private void Keep()
    {
        if (_options.Keep is { } folder)
        {
            string target = Path.Combine(folder, _name);
            Directory.CreateDirectory(target);
            File.WriteAllBytes(Path.Combine(target, $"{_result.Fingerprint:x16}.bin"), _input.Span);
        }
    }

    private string Progress()
        => $"{_name}: {Text(_inputs)} inputs in {_clock.Elapsed.TotalSeconds:F0} s, {Text(_pool.Behaviours)} behaviours, {_findingCount} findings";

    private void Report()
    {
        Console.WriteLine(Progress());
        foreach ((string outcome, long count) in _result.Outcomes.OrderByDescending(pair => pair.Value))
        {
            Console.WriteLine($"  {Text(count),14}  {outcome}");
        }

        using var process = Process.GetCurrentProcess();
        Console.WriteLine(
            $"  slowest {Stopwatch.GetElapsedTime(0, _slowestTicks).TotalMilliseconds:F1} ms; most allocated for one input {Text(_allocatedMost)} bytes; "
            + $"the process at most {Text(process.PeakWorkingSet64)} bytes");
    }
}
