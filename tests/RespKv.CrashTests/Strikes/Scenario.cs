using System.Diagnostics;
using System.Net.Sockets;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Strikes;

/// <summary>One strike of a kind, from the running load to the point where the server has to be started again. All moments come from the seed.</summary>
internal sealed class Scenario
{
    /// <summary>Starts that are struck in a row.</summary>
    private const int StartsMax = 4;

    /// <summary>A checkpoint of this load takes some 20 ms, a shutdown some 50.</summary>
    private const int PhaseMillisMax = 20;
    private const int ShutdownMillisMax = 60;

    /// <summary>How long the load goes on against a full disk.</summary>
    private const int FullMillisMax = 400;
    private const int BytesLeftMax = 1 << 20;

    /// <summary>A phase that has not come by then does not come.</summary>
    private static readonly TimeSpan PhaseDeadline = TimeSpan.FromSeconds(4);

    /// <summary>A disk that is not full by then does not become so.</summary>
    private static readonly TimeSpan FullDeadline = TimeSpan.FromSeconds(2);

    /// <summary>A server that has not noticed by then that its disk is gone goes on without it.</summary>
    private static readonly TimeSpan NoticeDeadline = TimeSpan.FromSeconds(3);

    private readonly Subject _subject;
    private readonly Striker _striker;
    private readonly StrikeKind _kind;
    private readonly Random _random;

    public Scenario(Subject subject, Striker striker, StrikeKind kind, Random random)
    {
        _subject = subject;
        _striker = striker;
        _kind = kind;
        _random = random;
        Means = kind switch
        {
            StrikeKind.Kill or StrikeKind.Recovered => Means.Kill,
            _ when kind.HasBothMeans() => AnyMeans(),
            _ => Means.Power,
        };
    }

    /// <summary>How the load is ended.</summary>
    public Means Means { get; }

    /// <summary>What happened besides, for the progress line.</summary>
    public string Note { get; private set; } = "";

    /// <summary>The server ended before it was struck, and nobody had asked it to.</summary>
    public bool EndedByItself { get; private set; }

    private ChildProcess Process => _subject.Server.Process;

    public Task RunAsync() => _kind switch
    {
        StrikeKind.Recovery => StrikeRecoveriesAsync(),
        StrikeKind.First => StrikeFirstStartsAsync(),
        StrikeKind.Checkpoint => StrikeInPhaseAsync(),
        StrikeKind.Shutdown => StrikeInShutdownAsync(),
        StrikeKind.Full => StrikeOnFullDiskAsync(),
        StrikeKind.Gone => LoseDiskAsync(_striker.TakeDiskAway),
        StrikeKind.ReadOnly => LoseDiskAsync(MakeReadOnly),
        StrikeKind.Writeback => LoseDiskAsync(FailDevice),
        _ => StrikeRunningAsync(),
    };

    private async Task StrikeRunningAsync()
    {
        EndedByItself = Process.HasExited;
        await _striker.StrikeAsync(Means);
        if (EndedByItself)
        {
            await NoteExitAsync();
        }
    }

    private async Task StrikeRecoveriesAsync()
    {
        await StrikeRunningAsync();
        Note = $"{await StrikeStartsAsync()} recoveries struck";
    }

    private async Task StrikeFirstStartsAsync()
    {
        await _subject.EmptyDirectoryAsync(_random.Next());
        Note = $"{await StrikeStartsAsync()} starts struck";
    }

    /// <summary>Returns how many.</summary>
    private async Task<int> StrikeStartsAsync()
    {
        int starts = 1 + _random.Next(StartsMax);
        for (int i = 0; i < starts; i++)
        {
            await _striker.PowerUpAsync();
            _subject.Server.Start();

            // A start of the process alone takes a third of the time to the first answer.
            double share = 0.25 + (0.8 * _random.NextDouble());
            await Task.Delay(_subject.LastStart * share);
            await _striker.StrikeAsync(AnyMeans());
        }

        return starts;
    }

    private async Task StrikeInPhaseAsync()
    {
        string[] signs = _subject.IsOurs
            ? [_random.Next(3) == 0 ? "checkpoint_phase:compaction" : "checkpoint_phase:checkpoint"]
            : ["rdb_bgsave_in_progress:1", "aof_rewrite_in_progress:1"];
        bool seen = await SeeAsync(signs);
        await DelayAsync(PhaseMillisMax);
        Note = seen ? signs[0] : $"{signs[0]} did not come";
        await StrikeRunningAsync();
    }

    /// <summary>Waits until INFO shows one of the signs. False when it does not.</summary>
    private async Task<bool> SeeAsync(string[] signs)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            using RawClient client = await _subject.Server.ConnectAsync();
            if (!_subject.IsOurs)
            {
                await client.CallAsync(_random.Next(2) == 0 ? "BGSAVE" : "BGREWRITEAOF");
            }

            while (watch.Elapsed < PhaseDeadline)
            {
                string info = (await client.CallAsync("INFO", "persistence")).Text;
                if (Array.Exists(signs, sign => info.Contains(sign, StringComparison.Ordinal)))
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            // It has ended by itself.
        }

        return false;
    }

    private async Task StrikeInShutdownAsync()
    {
        if (_random.Next(2) == 0)
        {
            Process.Signal(ChildProcess.SigTerm);
        }
        else
        {
            using RawClient client = await _subject.Server.ConnectAsync();
            await client.SendAsync("SHUTDOWN");
        }

        await DelayAsync(ShutdownMillisMax);
        bool ended = Process.HasExited;
        await _striker.StrikeAsync(Means);
        Note = ended ? "had shut down before" : "in the shutdown";
    }

    private async Task StrikeOnFullDiskAsync()
    {
        await _subject.Ground.FillAsync(_random.Next(BytesLeftMax));
        await Waiting.ForAsync(FullDeadline, () => Process.HasExited || Refused() > 0);
        await DelayAsync(FullMillisMax);
        long refused = Refused();
        bool ended = Process.HasExited;
        await _striker.StrikeAsync(Means);
        if (ended)
        {
            // Redis gives up when it cannot write its log; ours says no, and goes on.
            EndedByItself = _subject.IsOurs;
            await NoteExitAsync();
            return;
        }

        Note = refused > 0 ? "writes were refused" : "nothing was refused";
    }

    private long Refused() => _subject.Ledgers.Sum(ledger => ledger.Refused);

    private void MakeReadOnly()
    {
        _subject.Ground.MakeReadOnly();
        _striker.NoteDiskError();
    }

    private void FailDevice()
    {
        _subject.Ground.FailDevice();
        _striker.NoteDiskError();
    }

    private async Task LoseDiskAsync(Action lose)
    {
        lose();
        await Waiting.ForAsync(NoticeDeadline, () => Process.HasExited);
        if (Process.HasExited)
        {
            await NoteExitAsync();
            return;
        }

        await _subject.Server.KillAsync();
        Note = "went on without its disk";
    }

    private async Task NoteExitAsync() => Note = $"ended by itself with exit code {await Process.WaitForExitAsync()}";

    private Means AnyMeans() => _subject.Ground.HasDisk && _random.Next(2) == 0 ? Means.Power : Means.Kill;

    /// <summary>Small delays as often as large ones.</summary>
    private Task DelayAsync(int millisMax) => Task.Delay(_random.Next(1 + _random.Next(millisMax)));
}
