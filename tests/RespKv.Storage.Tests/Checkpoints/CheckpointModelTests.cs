using RespKv.Storage.Checkpoints;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>Random writes with checkpoint and compaction steps between them, beside a model.</summary>
public sealed class CheckpointModelTests
{
    [Theory]
    [InlineData(1, 40, 100)]
    [InlineData(2, 40, 1_000)]
    [InlineData(3, 400, 100)]
    [InlineData(4, 400, 1_000)]
    [InlineData(5, 2_000, 3_000)]
    public void Tables_and_the_log_behind_them_are_the_state_after_every_step(int seed, int keys, int clearOneIn)
    {
        var random = new Random(seed);
        var records = new RandomRecords(seed, keys, clearOneIn: clearOneIn);
        var model = new KeyspaceModel();
        var seen = new HashSet<string>();
        SimulatedFileSystem files = CheckpointLife.NewDisk();
        CheckpointLife life = new(files);
        for (int round = 0; round < 150; round++)
        {
            for (int batches = random.Next(4); batches > 0; batches--)
            {
                life.Write(records.Batch(life.Log.LastLsn + 1, random.Next(1, 25)), model);
            }

            switch (random.Next(20))
            {
                case < 9:
                    life.Checkpoint();
                    break;
                case < 17:
                    seen.Add($"{life.Compact()}");
                    break;
                case 17:
                    life.DropCompaction();
                    break;
                default:
                    life.Dispose();
                    life = new CheckpointLife(files);
                    model.AssertEqual(life.Recovered);
                    break;
            }

            seen.UnionWith(life.Tables.State.Tables.Select(table => $"level {table.Level}"));
            model.AssertEqual(life.Read());
            if (!life.IsCompacting)
            {
                life.AssertNoOrphans();
            }
        }

        life.Dispose();
        Assert.Equal(0, files.OpenFiles);
        Assert.Superset(new HashSet<string> { "Tier", "Base", "level 0", "level 1", "level 7" }, seen);
    }
}
