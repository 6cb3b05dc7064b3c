using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.TestKit.Files;
using RespKv.TestKit.Model;
using RespKv.TestKit.Simulation;

namespace RespKv.Simulation;

/// <summary>
/// One life of a server on a simulated disk: it starts, recovers, is compared with what it may be, serves clients, and ends at some switch
/// point. At others the disk is put aside as a crash there would leave it.
/// </summary>
internal sealed class Life : IDisposable
{
    /// <summary>Switch points that an orderly stop may take before it is cut short.</summary>
    private const int StopSwitches = 400;

    /// <summary>What an operator does while clients are served. Sent on a connection of its own: the model knows none of it.</summary>
    private static readonly string[][] OperatorCommands =
    [
        ["BGSAVE", "SCHEDULE"],
        ["BGSAVE", "SCHEDULE"],
        ["SAVE"],
        ["WAITAOF", "1", "0", "50"],
        ["CLIENT", "PAUSE", "4", "WRITE"],
        ["CLIENT", "PAUSE", "2", "ALL"],
        ["DEBUG", "RELOAD"],
        ["DEBUG", "LOADAOF"],
        ["INFO"],
        ["CONFIG", "SET", "checkpoint-log-bytes", "1"],
    ];

    private readonly Random _random;
    private readonly SimulatedFileSystem _files;
    private readonly SimulatedClock _clock;
    private readonly SimulatedThreads _threads;
    private readonly LifeSettings _settings;
    private readonly Trace _trace;
    private readonly List<SimulatedClient> _clients = [];
    private readonly List<Probe> _probes = [];
    private readonly Past _before;
    private Ledger? _ledger;
    private RespEngine? _engine;
    private SimulatedClient? _operator;
    private int _switches;
    private bool _isFilling;
    private SimulationFailedException? _failure;

    /// <param name="random">All that is left to chance.</param>
    /// <param name="files">The disk.</param>
    /// <param name="clock">The machine's.</param>
    /// <param name="settings">What was drawn for this life.</param>
    /// <param name="before">What may be found.</param>
    /// <param name="trace">Is told what happens.</param>
    public Life(Random random, SimulatedFileSystem files, SimulatedClock clock, LifeSettings settings, Past before, Trace trace)
    {
        _random = random;
        _files = files;
        _clock = clock;
        _settings = settings;
        _before = before;
        _trace = trace;
        EndsWithPowerCut = settings.End == LifeEnd.PowerCut || (settings.End == LifeEnd.Stop && random.Next(2) == 0);
        trace.IsQuiet = false;
        clock.Restart();
        _threads = new SimulatedThreads(random.Next(), clock) { SwitchPercent = settings.SwitchPercent, Switching = OnSwitch, Switched = trace.Switched };
    }

    /// <summary>The crashes on the way.</summary>
    public IReadOnlyList<Probe> Probes => _probes;

    /// <summary>Out of so many switch points one is looked at as if there had been a crash; 0: none.</summary>
    public int ProbeEvery { get; init; }

    /// <summary>Draws the crashes that are looked at. Apart from all else, so that looking changes nothing.</summary>
    public required Random ProbeRandom { get; init; }

    public int Switches => _switches;

    public bool EndsWithPowerCut { get; }

    public int Commands { get; private set; }

    /// <exception cref="SimulationFailedException">The promise was broken.</exception>
    public void Run()
    {
        _trace.Line(_settings.IsRecoveryOnly ? $"  recovery: {_settings}" : $"life {_settings}");
        _files.Calling = (operation, path) =>
        {
            _trace.Called(operation, path);
            _threads.Switch($"{operation} {path}");
        };
        try
        {
            _threads.Run(Main);
        }
        finally
        {
            _files.Calling = null;
            _files.ClearFaults();
        }

        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <summary>The disk after the end of this life.</summary>
    public SimulatedFileSystem Survivor() => EndsWithPowerCut ? _files.Crash(_random.Next()) : _files.Kill();

    /// <summary>What the next life may find.</summary>
    public Past Past() => PastOf(EndsWithPowerCut);

    public void Dispose()
    {
        try
        {
            _engine?.Dispose();
        }
        catch (SimulationEndedException)
        {
            // It waits for threads of a process that is no more.
        }
    }

    private void Main()
    {
        try
        {
            if (_settings.Fault is { } fault)
            {
                Plant(fault);
            }

            Open();
            Compare();
            if (_settings.IsRecoveryOnly)
            {
                return;
            }

            Serve();
            _threads.Await(_engine!.StopAsync());
            DrainAll();
        }
        catch (SimulationFailedException e)
        {
            _failure ??= e;
        }
    }

    private void Plant(LifeFault fault)
    {
        if (fault.ForGood)
        {
            _files.FailFrom(fault.Operation, fault.Call, fault.Errno, fault.PathPart);
        }
        else
        {
            _files.FailAt(fault.Operation, fault.Call, fault.Errno, fault.PathPart);
        }
    }

    private void Open()
    {
        _engine = new RespEngine(ServerConfig.With([.. _settings.Directives]), _files, _clock, _trace, _threads) { Random = new Random(_random.Next()) };
        try
        {
            _threads.Await(_engine.OpenAsync(CancellationToken.None));
        }
        catch (IOException e) when (_settings.Fault is not null || _settings.IsSmallDisk)
        {
            // A call failed, as it was to: the next life begins where this one did.
            _trace.Line($"start failed: {e.Message}");
            throw new SimulationEndedException();
        }
        catch (Exception e) when (e is not SimulationEndedException)
        {
            throw new SimulationFailedException($"recovery failed: {e.Message}", e);
        }
    }

    private void Compare()
    {
        ServerModel found = KeyspaceDump.Of(_engine!);
        ServerModel state = _before.Ledger.Find(found, _before.Required, _before.Last, _clock.NowMillis)
            ?? throw new SimulationFailedException(Difference.Tell(_before, found, _clock.NowMillis));
        _ledger = new Ledger(state);
    }

    private void Serve()
    {
        _operator = NewClient();
        for (int i = 0; i < _settings.Clients; i++)
        {
            _clients.Add(NewClient());
        }

        while (_engine!.State == EngineState.Ready && !(_settings.End == LifeEnd.Stop && _switches > _settings.Switches))
        {
            Act();
            _threads.Switch("client");
        }

        if (_engine.State == EngineState.Failed)
        {
            DrainAll();
            throw new SimulationEndedException();
        }
    }

    private void Act()
    {
        int index = _random.Next(_clients.Count);
        SimulatedClient client = _clients[index];
        if (client.AbortReason is not null || client.IsClosing || _random.Next(300) == 0)
        {
            DrainAll();
            client.Disconnect();
            _clients[index] = NewClient();
            return;
        }

        if (_settings.IsSmallDisk && !_isFilling && _random.Next(50) == 0)
        {
            _isFilling = true;
            _files.CapacityBytes = long.MaxValue - _files.FreeBytes("/data") + _random.Next(0, 200_000);
        }

        switch (_random.Next(20))
        {
            case 0:
                _threads.Sleep(_random.Next(100, 30_000));
                break;
            case 1 or 2 or 3:
                FinishFlushes();
                break;
            case 4 when _random.Next(8) == 0 && _operator!.Outstanding == 0:
                string[] order = OperatorCommands[_random.Next(OperatorCommands.Length)];
                _operator.Send(order);
                NoteSent(_clients.Count, order);
                break;
            default:
                int count = Math.Min(_random.Next(1, _settings.DepthMax + 1), _settings.DepthMax - client.Outstanding);
                for (int i = 0; i < count; i++)
                {
                    NoteSent(index, client.SendNext());
                }

                client.Pump();
                break;
        }

        DrainAll();
        if (_clients.TrueForAll(c => c.Outstanding >= _settings.DepthMax))
        {
            _threads.Sleep(_random.Next(20, 300));
            FinishFlushes();
        }

        _operator!.Pump();
        _clients.ForEach(static c => c.Pump());
    }

    private void NoteSent(int index, string[] command)
    {
        _trace.Sent(_switches, index, command);
        Commands++;
    }

    private void FinishFlushes()
    {
        _operator!.FinishFlush();
        _clients.ForEach(static c => c.FinishFlush());
    }

    private SimulatedClient NewClient() => new(_engine!, _ledger!, _settings.NewCommands(), _random) { MayBeRefused = _settings.MayRefuse, Shown = _trace.Shown };

    private void DrainAll()
    {
        _operator?.Drain();
        _clients.ForEach(static c => c.Drain());
    }

    /// <summary>What may be found if it ends here.</summary>
    private Past PastOf(bool powerCut)
    {
        if (_ledger is null)
        {
            return powerCut ? _before with { Required = _before.RequiredAfterPowerCut } : _before;
        }

        // In the weaker mode a reply does not wait for the disk: a power cut, or a sync that fails, may cost all that this life has done.
        int withoutDisk = _settings.AppendFsync == "always" ? _ledger.Required : 0;
        int now = powerCut || _settings.Fault is not null ? withoutDisk : _ledger.Required;
        return new Past(_ledger, now, withoutDisk, _ledger.States.Count - 1, _ledger.RequiredBy);
    }

    private void OnSwitch(string where)
    {
        _switches++;
        _trace.Switches = _switches;
        bool ends = !_settings.IsRecoveryOnly && _switches >= _settings.Switches + (_settings.End == LifeEnd.Stop ? StopSwitches : 0);
        bool isProbe = ProbeEvery > 0 && ProbeRandom.Next(ProbeEvery) == 0;
        if (!ends && !isProbe)
        {
            return;
        }

        try
        {
            DrainAll();
            if (isProbe)
            {
                bool powerCut = ProbeRandom.Next(4) != 0;
                SimulatedFileSystem survivor = powerCut ? _files.Crash(ProbeRandom.Next()) : _files.Kill();
                _probes.Add(new Probe(survivor, PastOf(powerCut), _clock.NowMillis, _switches, where, powerCut));
            }
        }
        catch (SimulationFailedException e)
        {
            _failure ??= e;
            ends = true;
        }

        if (ends)
        {
            _trace.IsQuiet = true;
            _threads.End();
        }
    }
}
