namespace RespKv.Engine.Commit;

/// <summary>
/// Decides how long the WAL writer waits, after a sync, for the clients that it has just answered, so that they share the next
/// one (decision 5). Guarded by the turn, but <see cref="Synced"/>, which only the writer thread calls.
/// </summary>
/// <remarks>
/// The cohort is whoever was answered by the last batch together with whoever is waiting already: all of it is waited for when the
/// sync is what takes long, half of it when serving the clients is. The wait is a share of a
/// typical sync, so a disk that is fast is never slowed by more than that share; and it ends at once when the cohort is
/// complete, so a client alone sees one sync and nothing more.
/// </remarks>
internal sealed class Cohort
{
    /// <summary>The wait as a share of the typical sync. Measured, see docs/benchmarks.md.</summary>
    private const double WaitShare = 0.5;

    /// <summary>
    /// What a client's write costs the server's threads, in microseconds. When serving the whole cohort takes longer than a sync, two
    /// halves that overlap keep disk and threads busy; when the sync is the longer one, everybody shares it.
    /// </summary>
    private const double ClientMicros = 8;

    /// <summary>The part of a cohort that is enough to go on while the rest is being answered.</summary>
    private const double OverlapShare = 0.5;

    /// <summary>Longest wait: with a slower sync than 20 ms more gathering gains nothing that a client would notice.</summary>
    private const long WaitMicrosMax = 10_000;

    /// <summary>Weight of the newest sync in the average.</summary>
    private const double Weight = 0.1;

    private double _syncMicrosAverage = 100;
    private int _answered;

    /// <summary>The typical sync, in microseconds.</summary>
    public double SyncMicrosAverage => _syncMicrosAverage;

    /// <summary>Microseconds to wait for more writers, 0 for none.</summary>
    public long WaitMicros(int waiting, int clients, out int target)
    {
        int cohort = Math.Min(_answered + waiting, clients);
        bool overlaps = _syncMicrosAverage < cohort * ClientMicros;
        target = overlaps ? (int)Math.Ceiling(cohort * OverlapShare) : cohort;
        if (_answered == 0 || waiting >= target)
        {
            return 0;
        }

        return (long)Math.Min(_syncMicrosAverage * WaitShare, WaitMicrosMax);
    }

    /// <summary>A batch with that many writers is on its way to the disk.</summary>
    public void Taken(int writers) => _answered = writers;

    public void Synced(long micros) => _syncMicrosAverage += (micros - _syncMicrosAverage) * Weight;
}
