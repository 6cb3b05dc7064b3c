using RespKv.Storage.Files;
using RespKv.TestKit.Files;
using RespKv.TestKit.Simulation;

namespace RespKv.Exhaustive;

/// <summary>A call that fails.</summary>
/// <param name="Call">Counted from the start of the process, from 1.</param>
/// <param name="Errno">EROFS: and everything after it that would change the disk.</param>
internal sealed record Fault(int Call, Errno Errno);

/// <summary>One run of a sequence: start, letters, an orderly stop.</summary>
internal sealed class SequenceRun
{
    /// <summary>For what goes on behind the last letter. Simulated time.</summary>
    private const long SettleMillis = 20;

    private readonly IReadOnlyList<Letter> _letters;
    private readonly Fault? _fault;
    private readonly SimulatedFileSystem _files;
    private readonly SimulatedClock _clock = new(Letter.StartMillis);
    private readonly int _schedule;
    private readonly CrashPoints _points;
    private readonly Knowledge _knowledge;
    private readonly List<FileOperation> _calls = [];
    private int _place;
    private string _path = "";

    public SequenceRun(StartState start, IReadOnlyList<Letter> letters, int schedule, Fault? fault, CrashPointSettings settings)
    {
        _letters = letters;
        _fault = fault;
        _files = start.Disk.Kill();
        _knowledge = new Knowledge(start.Model);
        _points = new CrashPoints(_files, () => _knowledge.Expected, settings);
        _schedule = schedule;
    }

    /// <summary>Crashes before every call from the beginning of the last letter on; what came earlier is a shorter sequence. With a fault, only those at the end.</summary>
    public IReadOnlyList<Crashed> Crashes => _points.Crashes;

    /// <summary>In their order.</summary>
    public IReadOnlyList<FileOperation> Calls => _calls;

    /// <summary>Calls until the engine was ready, and until the last letter was answered.</summary>
    public (int Start, int Letters) CallsUntil { get; private set; }

    /// <summary>The server started and answered every letter.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Calls until the last letter was sent.</summary>
    public int CallsBeforeLast { get; private set; }

    /// <exception cref="CheckFailedException">Something was answered that must not be.</exception>
    public void Run()
    {
        using var machine = new Machine(_files, _clock, _schedule)
        {
            Announced = _fault is null ? LookBeforeCall : null,
            Calling = Note,
        };
        machine.Run(() => Live(machine));
        _points.Take(_clock.NowMillis, "behind the end");
    }

    private void Live(Machine machine)
    {
        if (!TryStart(machine))
        {
            return;
        }

        int started = _calls.Count;
        IsAnswered = true;
        while (_place < _letters.Count && IsAnswered)
        {
            _place++;
            CallsBeforeLast = _calls.Count;
            IsAnswered = _knowledge.Play(machine, _letters[_place - 1], _place, () => _files.FaultsMet > 0);
        }

        if (!IsAnswered && !machine.HasFailed)
        {
            throw new CheckFailedException("the connection was cut, and the engine goes on");
        }

        _place = _letters.Count;
        CallsUntil = (started, _calls.Count);
        machine.Sleep(SettleMillis);
        _points.Take(_clock.NowMillis, "before the stop");
        machine.Stop();
    }

    private bool TryStart(Machine machine)
    {
        try
        {
            machine.Start();
            return true;
        }
        catch (IOException e)
        {
            return _files.FaultsMet > 0 ? false : throw new CheckFailedException($"start: {e.Message}");
        }
    }

    private void LookBeforeCall()
    {
        if (_place >= _letters.Count)
        {
            _points.Take(_clock.NowMillis, $"behind {(_calls.Count == 0 ? "nothing" : $"{_calls[^1]} {_path}")}");
        }
    }

    private void Note(FileOperation operation, string path)
    {
        _calls.Add(operation);
        _path = path;
        _points.Note(operation);
        if (_calls.Count == _fault?.Call)
        {
            _files.FailRandomly(new FaultPlan(_fault.Call) { Odds = 1, Errnos = [_fault.Errno], FaultsMax = 1 });
        }
    }
}
