using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Strikes;

/// <summary>Strikes a server and counts.</summary>
internal sealed class Striker(Subject subject)
{
    private const int SigStop = 19;

    public int Kills { get; private set; }

    public int Cuts { get; private set; }

    public int DiskErrors { get; private set; }

    /// <summary>The disk has to be unmounted and mounted before the server can be started again.</summary>
    public bool IsPowerOff { get; private set; }

    private TestServer Server => subject.Server;

    /// <summary>Nothing of the process is left when this returns. A server that has ended before is not counted as killed.</summary>
    public async Task StrikeAsync(Means means)
    {
        if (means == Means.Kill)
        {
            Kills += Server.Process.HasExited ? 0 : 1;
            await Server.KillAsync();
            return;
        }

        // Stopped first: a machine without power does not answer any more, whatever the disk says. Whoever is in the middle of a
        // sync stays in it.
        Server.Process.Signal(SigStop);
        subject.Ground.CutPower();
        Cuts++;
        IsPowerOff = true;
        await Server.KillAsync();
    }

    /// <summary>The disk goes away while the server lives on.</summary>
    public void TakeDiskAway()
    {
        subject.Ground.CutPower();
        Cuts++;
        IsPowerOff = true;
    }

    /// <summary>An error of the disk was caused: what the cache holds is worth nothing any more.</summary>
    public void NoteDiskError()
    {
        DiskErrors++;
        IsPowerOff = true;
    }

    public async Task PowerUpAsync()
    {
        if (IsPowerOff)
        {
            await subject.Ground.PowerUpAsync();
            IsPowerOff = false;
        }
    }
}
