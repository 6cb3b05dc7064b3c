using RespKv.Engine.Recovery;

namespace RespKv.Engine.Tests.Recovery;

public class RecoveryProgressTests
{
    [Fact]
    public void Phases_add_up_and_each_estimates_from_its_own_rate()
    {
        var progress = new RecoveryProgress();
        progress.Start(nowMillis: 1_000);
        Assert.Equal(RecoveryPhase.None, progress.Phase);
        Assert.Null(progress.SecondsLeft(2_000));

        progress.StartPhase(RecoveryPhase.Tables, bytesTotal: 800, nowMillis: 1_000);
        progress.Update(bytesDone: 200, bytesTotal: 800, items: 50);
        Assert.Equal(200, progress.BytesDone);
        Assert.Equal(800, progress.BytesTotal);
        Assert.Equal(0.25, progress.PhaseShare);
        Assert.Equal(6, progress.SecondsLeft(nowMillis: 3_000));
        Assert.Equal(25, progress.ItemsPerSecond(nowMillis: 3_000));

        progress.StartPhase(RecoveryPhase.Log, bytesTotal: 100, nowMillis: 10_000);
        Assert.Equal(800, progress.BytesDone);
        Assert.Null(progress.SecondsLeft(nowMillis: 10_000));
        progress.Update(bytesDone: 50, bytesTotal: 100, items: 7);
        Assert.Equal(850, progress.BytesDone);
        Assert.Equal(900, progress.BytesTotal);
        Assert.Equal(1, progress.SecondsLeft(nowMillis: 11_000));
        Assert.Equal(7, progress.Items);

        progress.Finish(TimeSpan.FromSeconds(11));
        Assert.Equal(RecoveryPhase.Done, progress.Phase);
        Assert.Equal(TimeSpan.FromSeconds(11), progress.Duration);
    }

    [Fact]
    public void More_bytes_than_the_total_count_as_all_of_them()
    {
        var progress = new RecoveryProgress();
        progress.StartPhase(RecoveryPhase.Tables, bytesTotal: 10, nowMillis: 0);
        progress.Update(bytesDone: 15, bytesTotal: 10, items: 1);
        Assert.Equal(1, progress.PhaseShare);
        Assert.Equal(0, progress.SecondsLeft(nowMillis: 5_000));
    }

    [Fact]
    public void Second_recovery_starts_from_nothing()
    {
        var progress = new RecoveryProgress();
        progress.StartPhase(RecoveryPhase.Log, bytesTotal: 10, nowMillis: 0);
        progress.Update(10, 10, 1);
        progress.Finish(TimeSpan.FromSeconds(1));
        progress.Start(nowMillis: 50);
        Assert.Equal(0, progress.BytesTotal + progress.BytesDone + progress.Items);
        Assert.Null(progress.Duration);
    }
}
