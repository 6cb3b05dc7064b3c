using RespKv.TestKit.Files;
using RespKv.TestKit.Model;
using RespKv.TestKit.Simulation;

namespace RespKv.Simulation;

/// <summary>Several lives of one database, all drawn from one seed.</summary>
internal sealed class SeedRun(int seed, Trace trace)
{
    private const int LivesMax = 5;

    private const int DatabaseCount = 4;

    /// <summary>Out of so many switch points one is crashed.</summary>
    private const int ProbeEvery = 60;

    /// <summary>Within a recovery after a crash.</summary>
    private const int ProbeEveryInRecovery = 100;

    /// <summary>A crash in a recovery after a crash in a recovery, and no deeper.</summary>
    private const int DepthMax = 2;

    private const long StartMillis = 1_900_000_000_000;

    private readonly Random _random = new(seed);
    private readonly Random _probeRandom = new(~seed);
    private readonly SimulatedClock _clock = new(StartMillis);

    /// <summary>Crashes after which the database was recovered and compared.</summary>
    public int Crashes { get; private set; }

    public long Commands { get; private set; }

    /// <summary>A life of which every switch point is crashed, to find the first that fails; 0: none.</summary>
    public int DenseLife { get; init; }

    /// <exception cref="SimulationFailedException">The promise was broken.</exception>
    public void Run()
    {
        var files = new SimulatedFileSystem();
        var before = new Past(new Ledger(new ServerModel(DatabaseCount)), 0, 0, 0, "");
        int lives = _random.Next(2, LivesMax + 1);
        for (int number = 1; number <= lives; number++)
        {
            using var life = new Life(_random, files, _clock, new LifeSettings(_random, () => _clock.NowMillis), before, trace)
            {
                ProbeEvery = number == DenseLife ? 1 : ProbeEvery,
                ProbeRandom = _probeRandom,
            };
            int switches = 0;
            try
            {
                life.Run();
                files = life.Survivor();
                before = life.Past();
                VerifyAll(life.Probes, DepthMax, ref switches);
                switches = life.Switches;
                Verify(new Probe(files.Kill(), before, _clock.NowMillis, switches, "the end of the life", life.EndsWithPowerCut), DepthMax);
            }
            catch (SimulationFailedException e)
            {
                e.Life = number;
                e.Switch = switches == 0 ? life.Switches : switches;
                throw;
            }

            Commands += life.Commands;
        }
    }

    private void VerifyAll(IEnumerable<Probe> probes, int depth, ref int switches)
    {
        foreach (Probe probe in probes)
        {
            switches = probe.Switch;
            Verify(probe, depth);
        }
    }

    /// <summary>Recovers, compares, and does so again for crashes in that recovery. On a clock of its own: looking changes nothing.</summary>
    private void Verify(Probe probe, int depth)
    {
        trace.Line($"recovery after a {(probe.IsPowerCut ? "power cut" : "kill")} at {probe.Where}, switch point {probe.Switch}; states {probe.Before.Required} to {probe.Before.Last} may be found");
        Crashes++;
        var clock = new SimulatedClock(probe.AtMillis + _probeRandom.Next(0, 2000));
        using var life = new Life(_probeRandom, probe.Files, clock, LifeSettings.Recovery(_probeRandom), probe.Before, trace)
        {
            ProbeEvery = depth > 1 ? ProbeEveryInRecovery : 0,
            ProbeRandom = _probeRandom,
        };
        life.Run();
        foreach (Probe inner in life.Probes)
        {
            Verify(inner, depth - 1);
        }
    }
}
