using RespKv.TestKit.Files;

namespace RespKv.Exhaustive;

/// <summary>The disk as one crash left it.</summary>
/// <param name="Files">After the crash.</param>
/// <param name="Expected">What may be found on it.</param>
/// <param name="AtMillis">The clock then.</param>
/// <param name="Where">The call before which it came, and what it did to what was pending.</param>
internal sealed record Crashed(SimulatedFileSystem Files, Expected Expected, long AtMillis, string Where);

/// <summary>What all runs have in common.</summary>
/// <param name="Seen">Fingerprints of the states of all runs.</param>
/// <param name="Seeds">Crashes with drawn outcomes at every point, besides a kill, nothing kept and all kept.</param>
/// <param name="Tally">Is told.</param>
internal sealed record CrashPointSettings(SeenStates Seen, int Seeds, Tally Tally);

/// <summary>Takes crashes of a machine's disk. States that were taken before, in this run or another, are not taken again.</summary>
/// <param name="files">The disk.</param>
/// <param name="expected">What may be found now.</param>
/// <param name="settings">For all runs.</param>
internal sealed class CrashPoints(SimulatedFileSystem files, Func<Expected> expected, CrashPointSettings settings)
{
    private readonly List<Crashed> _crashes = [];
    private Expected? _lastExpected;
    private bool _hasChanged = true;
    private int _point;

    public IReadOnlyList<Crashed> Crashes => _crashes;

    /// <summary>A call is about to take effect.</summary>
    public void Note(FileOperation operation) => _hasChanged |= operation is not (FileOperation.Read or FileOperation.Exists or FileOperation.ListFiles or FileOperation.FreeBytes);

    /// <summary>The disk as it is was looked at by somebody else.</summary>
    public void Skip()
    {
        _hasChanged = false;
        _lastExpected = expected();
    }

    /// <summary>A crash here, in every way. The same disk with the same knowledge of the client is not looked at again.</summary>
    public void Take(long nowMillis, string where)
    {
        _point++;
        settings.Tally.CrashPoints++;
        Expected now = expected();
        if (!_hasChanged && ReferenceEquals(_lastExpected, now))
        {
            return;
        }

        _hasChanged = false;
        _lastExpected = now;
        Add(files.Kill(), "kill");
        Add(files.Crash(0, CrashOdds.NothingKept), "power cut, nothing kept");
        Add(files.Crash(0, CrashOdds.AllKept), "power cut, all kept");
        for (int i = 0; i < settings.Seeds; i++)
        {
            int seed = (_point * settings.Seeds) + i;
            Add(files.Crash(seed), $"power cut, seed {seed}");
        }

        void Add(SimulatedFileSystem left, string how)
        {
            settings.Tally.Crashes++;
            if (settings.Seen.Add(left, now, nowMillis))
            {
                _crashes.Add(new Crashed(left, now, nowMillis, $"{how} at call {_point} ({where})"));
            }
        }
    }
}
