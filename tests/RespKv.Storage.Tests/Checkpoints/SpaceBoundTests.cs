using RespKv.Storage.Checkpoints;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;
using Xunit.Abstractions;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>Table bytes against live bytes under writes that never pause: a step of compaction after each one of a checkpoint.</summary>
public sealed class SpaceBoundTests(ITestOutputHelper output)
{
    private static readonly CheckpointOptions Options = CheckpointLife.SmallOptions with
    {
        FoldBytesMax = 6_000,
        TableBytesTarget = 6_000,
        RunsPerTier = CheckpointOptions.RunsPerTierDefault,
    };

    [Theory]
    [InlineData("overwrites", true)]
    [InlineData("deletions of a few large values among many small ones", true)]
    [InlineData("growth, then deletion of everything", true)]
    [InlineData("overwrites", false)]
    public void Write_heavy_run_stays_within_the_bound_after_every_step(string load, bool isLiveKnown)
    {
        var random = new Random(3);
        var model = new KeyspaceModel();
        SimulatedFileSystem files = CheckpointLife.NewDisk();
        using var life = new CheckpointLife(files, Options, CheckpointLife.SmallLog with { SegmentBytes = 1 << 20 });
        double worst = 0;
        long live = 0;
        for (int round = 0; round < 400; round++)
        {
            life.Write(Batch(life.Log.LastLsn + 1, load, round, random), model);

            // The most that lived while a merge may have been at work: of the last rounds.
            long now = model.LiveBytesMax;
            live = Math.Max(now, live * 31 / 32);
            while (life.Tables.State.CheckpointLsn < life.Log.DurableLsn)
            {
                life.Checkpoint();
                Check();
                life.Compact(isLiveKnown ? now : long.MaxValue);
                Check();
            }
        }

        long left = model.LiveBytesMax;
        while (life.Compact(isLiveKnown ? left : long.MaxValue) is not null)
        {
            Check();
        }

        output.WriteLine($"{load}: at most {worst:F2} of the bound; at rest {life.Tables.TableBytes} bytes, live {left}");
        Assert.InRange(life.Tables.TableBytes, 0, (2 * left) + (4 * Options.TableBytesTarget));
        model.AssertEqual(life.Read());

        void Check()
        {
            long bound = SpaceBound.TableBytesMax(live, Options);
            worst = Math.Max(worst, (double)life.Tables.TableBytes / bound);
            Assert.InRange(life.Tables.TableBytes, 0, bound);
        }
    }

    private static WalBatch Batch(long firstLsn, string load, int round, Random random)
    {
        var batch = new WalBatch();
        batch.Reset(firstLsn);
        for (int record = 0; record < 40; record++)
        {
            batch.BeginRecord();
            int key = random.Next(2_000);
            switch (load)
            {
                case "overwrites":
                    MutationWriter.Set(batch, 0, Key(key), new byte[100], MutationWriter.NoExpiry);
                    break;
                case "growth, then deletion of everything" when round < 200:
                    MutationWriter.Set(batch, 0, Key((round * 40) + record), new byte[100], MutationWriter.NoExpiry);
                    break;
                case "growth, then deletion of everything":
                    MutationWriter.Delete(batch, 0, Key(((round - 200) * 40) + record));
                    break;
                case var _ when round < 150:
                    MutationWriter.Set(batch, 0, Key((round * 40) + record), new byte[record == 0 ? 3_000 : 5], MutationWriter.NoExpiry);
                    break;
                default:
                    MutationWriter.Delete(batch, 0, Key((round - 150) % 150 * 40));
                    break;
            }

            batch.EndRecord();
        }

        return batch;
    }

    private static byte[] Key(int number) => System.Text.Encoding.Latin1.GetBytes($"key:{number:D8}");
}
