using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;
using static RespKv.Storage.Tests.Manifest.TableMaker;

namespace RespKv.Storage.Tests.Manifest;

/// <summary>
/// A life with tables that dies at any call: the state is an old or a new one, every table that it names is there and
/// whole, and nothing else is left.
/// </summary>
public sealed class TableSetCrashTests
{
    private const int Seeds = 12;

    /// <summary>More than any life here makes.</summary>
    private const int CallsMax = 1000;

    private static readonly Errno[] Errors = [Errno.EIO, Errno.ENOSPC, Errno.EROFS];

    [Fact]
    public void Life_that_dies_at_any_call_leaves_an_old_or_a_new_state_and_no_orphan()
    {
        DieAtEveryCall(NewDisk());
    }

    [Fact]
    public void Life_after_a_torn_manifest_that_dies_at_any_call_leaves_an_old_or_a_new_state_and_no_orphan()
    {
        SimulatedFileSystem files = DiskWithTables(2);
        files.FlipBit(ManifestPath(1), FirstEdit + (5 * Sector));

        DieAtEveryCall(files);
    }

    [Fact]
    public void Every_error_at_every_call_leaves_a_set_that_goes_on()
    {
        SimulatedFileSystem start = DiskWithTables(2);
        foreach (Errno error in Errors)
        {
            for (int call = 1; FailOnce(start.Kill(), error, call); call++)
            {
                Assert.True(call < CallsMax);
            }
        }
    }

    private static void DieAtEveryCall(SimulatedFileSystem start)
    {
        int deaths = 0;
        bool died = true;
        for (int call = 1; died; call++)
        {
            Assert.True(call < CallsMax);
            SimulatedFileSystem files = start.Kill();
            files.FailFrom(FileOperation.Any, call, Errno.EIO);
            List<string> states = Live(files);
            died = files.Count(FileOperation.Any) >= call;
            AssertSound(files.Kill(), states);
            for (int seed = 0; seed < Seeds; seed++)
            {
                AssertSound(files.Crash(seed), states);
            }

            deaths++;
        }

        Assert.True(deaths > 40, $"only {deaths} deaths");
    }

    /// <summary>
    /// Makes tables, merges them into one, drops one, until a call fails. Returns the states that may be found: the last one that
    /// was acknowledged, and the one that was to follow.
    /// </summary>
    private static List<string> Live(SimulatedFileSystem files)
    {
        var states = new List<string>();
        try
        {
            string first = Describe(ManifestStore.Read(files.Kill(), DataDirectory));
            states.Add(first);
            using var life = new Life(files);
            foreach (Func<Life, ManifestEdit> step in Steps(files))
            {
                ManifestEdit edit = step(life);
                states = [Describe(life.Set.State), Describe(life.Set.State.With(edit))];
                life.Set.Apply(edit);
                states.RemoveAt(0);
            }
        }
        catch (StorageException)
        {
            // Died.
        }

        return states;
    }

    private static IEnumerable<Func<Life, ManifestEdit>> Steps(SimulatedFileSystem files)
    {
        yield return life => Made(files, life);
        yield return life => Made(files, life);
        yield return life => Merged(files, life);
        yield return life => Made(files, life);
        yield return life => new ManifestEdit { Deleted = [life.Set.State.Tables[0].Number] };
    }

    private static ManifestEdit Made(SimulatedFileSystem files, Life life)
    {
        long lsn = life.Set.State.CheckpointLsn;
        TableInfo table = Write(files, life.Set.AllocateFileNumber(), lsn + 1, lsn + 10);
        return new ManifestEdit { LogId = LogId, CheckpointLsn = lsn + 10, Added = [table] };
    }

    private static ManifestEdit Merged(SimulatedFileSystem files, Life life)
    {
        TableInfo table = Write(files, life.Set.AllocateFileNumber(), 1, life.Set.State.CheckpointLsn);
        return new ManifestEdit
        {
            Added = [table with { Level = 7 }],
            Deleted = [.. life.Set.State.Tables.Select(info => info.Number)],
        };
    }

    private static void AssertSound(SimulatedFileSystem files, List<string> states)
    {
        using var life = new Life(files);
        life.Set.RemoveOrphans();
        Assert.Contains(Describe(life.Set.State), states);
        AssertOnlyNamed(files, life);
        using (TableSnapshot snapshot = life.Set.Acquire())
        {
            Assert.All(snapshot.State.Tables, table => Assert.Equal(table.Number, ValueIn(snapshot.Reader(table.Number))));
        }

        AddTable(files, life.Set);
        AssertOnlyNamed(files, life);
    }

    private static void AssertOnlyNamed(SimulatedFileSystem files, Life life)
    {
        IEnumerable<string> tables = life.Set.State.Tables.Select(table => ManifestNames.Table(table.Number)).Order(StringComparer.Ordinal);
        string[] manifests = [Path.GetFileName(life.Manifest.Path)];
        Assert.Equal(manifests.Concat(tables), Names(files).Where(name => !name.StartsWith("torn-manifest-", StringComparison.Ordinal)));
    }

    /// <summary>False when so many calls are not made any more.</summary>
    private static bool FailOnce(SimulatedFileSystem files, Errno error, int call)
    {
        using var life = new Life(files);
        long before = files.Count(FileOperation.Any);
        files.FailAt(FileOperation.Any, call, error);
        foreach (Func<Life, ManifestEdit> step in Steps(files))
        {
            long next = life.Set.AllocateFileNumber() + 1;
            string old = Describe(life.Set.State);
            try
            {
                life.Set.Apply(step(life));
                continue;
            }
            catch (StorageException failure)
            {
                Assert.Equal(error, failure.Errno);
            }

            Assert.Equal(old, Describe(life.Set.State));
            life.Set.Discard(next);
            new Life(files.Crash(call)).Dispose();
            life.Set.Apply(step(life));
            Assert.False(life.Manifest.IsUncertain);
        }

        bool met = files.Count(FileOperation.Any) - before >= call;
        files.ClearFaults();
        life.Set.DeleteUnused();
        AssertSound(files.Crash(call), [Describe(life.Set.State)]);
        AssertOnlyNamed(files, life);
        Assert.Equal(1 + life.Set.State.Tables.Count, files.OpenFiles);
        return met;
    }
}
