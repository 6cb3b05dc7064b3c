using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>
/// Checkpoint, manifest, compaction and retirement, with a power cut after every call that changes the disk, and with a failure
/// of every call. What was logged is there afterwards, and nothing else is left in the directory.
/// </summary>
public sealed class CheckpointCrashTests
{
    private const int Batches = 60;

    /// <summary>Among them those that mean a full disk.</summary>
    private static readonly Errno[] Errors = [Errno.EIO, Errno.ENOSPC, Errno.EDQUOT, Errno.EROFS, Errno.EACCES, Errno.EMFILE, Errno.EINTR];

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 400)]
    public void Power_cut_after_any_call_of_a_step_loses_nothing_and_leaves_no_orphan(int seed, int keys)
    {
        SimulatedFileSystem files = CheckpointLife.NewDisk();
        var observed = new ObservedFileSystem(files);
        var model = new KeyspaceModel();
        int cuts = 0;
        using var life = new CheckpointLife(observed);
        Write(life, model, seed, keys);
        observed.AfterChange = () =>
        {
            cuts++;
            AssertSound(files.Crash((seed * 100_003) + cuts), model, goesOn: cuts % 4 == 0);
        };
        HashSet<string> seen = RunToTheEnd(life);
        observed.AfterChange = null;

        model.AssertEqual(life.Read());
        Assert.Superset(new HashSet<string> { "Tier", "Base", "retired" }, seen);
        Assert.InRange(cuts, 300, int.MaxValue);
    }

    [Fact]
    public void Failure_of_any_call_fails_one_step_and_the_next_one_goes_on()
    {
        var model = new KeyspaceModel();
        SimulatedFileSystem written = CheckpointLife.NewDisk();
        using (var life = new CheckpointLife(written))
        {
            Write(life, model, seed: 1, keys: 100);
        }

        int failures = 0;
        long calls = 1;
        for (int call = 1; call <= calls; call++)
        {
            SimulatedFileSystem files = written.Kill();
            using (var life = new CheckpointLife(files))
            {
                long before = files.Count(FileOperation.Any);
                files.FailAt(FileOperation.Any, call, Errors[call % Errors.Length]);
                RunToTheEnd(life, _ =>
                {
                    failures++;
                    AssertSound(files.Crash(call), model, goesOn: false);
                    if (call % 2 == 0)
                    {
                        life.DropCompaction();
                    }
                });
                calls = files.Count(FileOperation.Any) - before;
                files.ClearFaults();
                model.AssertEqual(life.Read());
            }

            AssertSound(files.Kill(), model, goesOn: call % 4 == 0);
        }

        // The others are of calls without which a step is as good: deletions, and what is tried again by itself.
        Assert.InRange(failures, calls / 2, calls);
    }

    private static void Write(CheckpointLife life, KeyspaceModel model, int seed, int keys)
    {
        var records = new RandomRecords(seed, keys, valueBytesMax: 60, clearOneIn: 300);
        for (int batch = 0; batch < Batches; batch++)
        {
            life.Write(records.Batch(life.Log.LastLsn + 1, 10), model);
        }
    }

    /// <summary>Steps of checkpoints and compactions in turn until nothing is left to do. Returns what came up.</summary>
    private static HashSet<string> RunToTheEnd(CheckpointLife life, Action<StorageException>? onFailure = null)
    {
        var seen = new HashSet<string>();
        bool more = true;
        while (more)
        {
            more = Try(() =>
            {
                bool isBehind = life.Tables.State.CheckpointLsn < life.Log.DurableLsn;
                if (life.Checkpoint().SegmentsRetired > 0)
                {
                    seen.Add("retired");
                }

                return isBehind;
            });
            more |= Try(() =>
            {
                CompactionKind? kind = life.Compact();
                seen.Add($"{kind}");
                return kind is not null;
            });
        }

        return seen;

        bool Try(Func<bool> step)
        {
            try
            {
                return step();
            }
            catch (StorageException failure) when (onFailure is not null)
            {
                onFailure(failure);
                return true;
            }
        }
    }

    private static void AssertSound(SimulatedFileSystem files, KeyspaceModel model, bool goesOn)
    {
        using (var life = new CheckpointLife(files))
        {
            model.AssertEqual(life.Recovered);
            life.AssertNoOrphans();
            if (goesOn)
            {
                RunToTheEnd(life);
                model.AssertEqual(life.Read());
                life.AssertNoOrphans();
            }
        }

        Assert.Equal(0, files.OpenFiles);
    }
}
