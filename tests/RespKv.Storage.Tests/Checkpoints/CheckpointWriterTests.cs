using RespKv.Storage.Checkpoints;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Checkpoints;

public sealed class CheckpointWriterTests
{
    private readonly SimulatedFileSystem _files = CheckpointLife.NewDisk();
    private readonly KeyspaceModel _model = new();

    [Fact]
    public void Step_takes_whole_batches_until_its_buffer_is_full_and_the_next_ones_the_rest()
    {
        using var life = new CheckpointLife(_files);
        WriteSets(life, batches: 40);
        long lsn = 0;
        int steps = 0;
        while (lsn < 400)
        {
            CheckpointStep step = life.Checkpoint();
            Assert.Equal(0, step.Lsn % 10);
            Assert.InRange(step.Lsn - lsn, 10, 80);
            Assert.Equal(step.Lsn - lsn, step.Entries);
            Assert.Equal(life.Tables.State.CheckpointLsn, step.Lsn);
            lsn = step.Lsn;
            steps++;
        }

        Assert.Equal(steps, life.Tables.State.Tables.Count);
        Assert.Equal(life.Log.LogId, life.Tables.State.LogId);
        _model.AssertEqual(KeyspaceModel.FromTables(life.Tables));
    }

    [Fact]
    public void Target_inside_of_a_batch_is_reached_with_its_end()
    {
        using var life = new CheckpointLife(_files);
        WriteSets(life, batches: 3);

        Assert.Equal(10, life.Checkpoint(toLsn: 3).Lsn);
        Assert.Equal(10, life.Checkpoint(toLsn: 10).Lsn);
        Assert.Equal(20, life.Checkpoint(toLsn: 11).Lsn);
    }

    [Fact]
    public void Target_that_is_not_durable_is_refused()
    {
        using var life = new CheckpointLife(_files);
        WriteSets(life, batches: 1);

        Assert.Throws<ArgumentOutOfRangeException>(() => life.Checkpoint(toLsn: 11));
    }

    [Fact]
    public void Segments_are_retired_with_the_step_that_covers_them()
    {
        using var life = new CheckpointLife(_files);
        WriteSets(life, batches: 40);
        int segments = life.Log.SegmentCount;
        int retired = 0;
        while (life.Tables.State.CheckpointLsn < 400)
        {
            retired += life.Checkpoint().SegmentsRetired;
        }

        Assert.InRange(segments, 3, int.MaxValue);
        Assert.Equal(segments - 1, retired);
    }

    [Fact]
    public void Segments_that_could_not_be_retired_are_with_the_next_step_even_if_there_is_nothing_to_fold()
    {
        using var life = new CheckpointLife(_files, CheckpointLife.SmallOptions with { FoldBytesMax = 1 << 20 });
        WriteSets(life, batches: 40);
        int segments = life.Log.SegmentCount;
        _files.FailFrom(FileOperation.Rename, 1, RespKv.Storage.Files.Errno.EIO, "wal-");
        Assert.Throws<RespKv.Storage.Files.StorageException>(() => life.Checkpoint());
        Assert.Equal(400, life.Tables.State.CheckpointLsn);

        _files.ClearFaults();
        Assert.Equal(new CheckpointStep(400, 0, 0, 0, segments - 1), life.Checkpoint());
    }

    [Fact]
    public void Records_without_an_effect_move_the_checkpoint_and_write_no_table()
    {
        using var life = new CheckpointLife(_files);
        life.WriteTable(_model, batch => MutationWriter.Delete(batch, 0, "k"u8));

        Assert.Equal(1, life.Tables.State.CheckpointLsn);
        Assert.Empty(life.Tables.State.Tables);
    }

    [Fact]
    public void Table_whose_spaces_all_died_goes_with_the_edit_and_is_not_read()
    {
        using var life = new CheckpointLife(_files);
        life.WriteTable(_model, batch => MutationWriter.Set(batch, 0, "k"u8, "v"u8, -1));
        life.WriteTable(_model, batch => MutationWriter.Set(batch, 1, "k"u8, "v"u8, -1));
        long table = life.Tables.State.Tables[^1].Number;
        _files.FailFrom(FileOperation.Read, 1, RespKv.Storage.Files.Errno.EIO, $"table-{table:D10}");

        life.WriteTable(_model, batch => MutationWriter.ClearDatabase(batch, 0));

        Assert.Single(life.Tables.State.Tables);
        Assert.DoesNotContain(life.Tables.State.Tables, left => left.Number == table);
        life.AssertNoOrphans();
        _model.AssertEqual(life.Read());
    }

    [Fact]
    public void Cancelled_step_changes_nothing()
    {
        var pacer = new CancellingPacer();
        using var life = new CheckpointLife(_files, CheckpointLife.SmallOptions with { FoldBytesMax = 1 << 20 }, pacer: pacer);
        WriteSets(life, batches: 40);

        Assert.Throws<OperationCanceledException>(() => life.Checkpoint(cancel: new CancellationToken(canceled: true)));
        pacer.Cancels = true;
        Assert.Throws<OperationCanceledException>(() => life.Checkpoint());

        Assert.Equal(0, life.Tables.State.CheckpointLsn);
        life.AssertNoOrphans();
        pacer.Cancels = false;
        Assert.Equal(400, life.Checkpoint().Lsn);
        _model.AssertEqual(life.Read());
    }

    [Fact]
    public void Damaged_record_of_the_log_fails_the_step_and_leaves_no_table()
    {
        using var life = new CheckpointLife(_files);
        WriteSets(life, batches: 2);
        _files.FlipBit($"{CheckpointLife.Directory}/wal-{1:D20}.log", 600);

        Assert.Throws<WalCorruptionException>(() => life.Checkpoint());
        Assert.Equal(0, life.Tables.State.CheckpointLsn);
        life.AssertNoOrphans();
    }

    [Fact]
    public void Disposed_writer_refuses_steps()
    {
        var life = new CheckpointLife(_files);
        life.Dispose();

        Assert.Throws<ObjectDisposedException>(() => life.Checkpoint(toLsn: 0));
    }

    private void WriteSets(CheckpointLife life, int batches)
    {
        for (int number = 0; number < batches; number++)
        {
            var batch = new WalBatch();
            batch.Reset(life.Log.LastLsn + 1);
            for (int record = 0; record < 10; record++)
            {
                batch.BeginRecord();
                MutationWriter.Set(batch, 0, BitConverter.GetBytes((number * 10) + record), new byte[30], -1);
                batch.EndRecord();
            }

            life.Write(batch, _model);
        }
    }

    private sealed class CancellingPacer : IWritePacer
    {
        internal bool Cancels { get; set; }

        public void Wrote(int bytes)
        {
            if (Cancels)
            {
                throw new OperationCanceledException();
            }
        }
    }
}
