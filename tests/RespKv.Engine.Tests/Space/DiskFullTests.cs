using RespKv.Engine.Space;
using RespKv.Protocol;
using RespKv.Storage.Files;
using RespKv.Storage.Mutations;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Space;

/// <summary>D11: a full disk is an error reply, never a lost or half-written record, and it heals by itself.</summary>
public sealed class DiskFullTests
{
    private const string Full = "MISCONF RespKv cannot claim disk space for the log: No space left on device (ENOSPC). "
        + "Commands that may make the data grow are refused; reads are served, and DEL, UNLINK, GETDEL, EXPIRE, PERSIST, FLUSHDB and FLUSHALL are accepted. "
        + "See INFO persistence and the server's log.";

    private const string ReserveUsed = "MISCONF RespKv cannot claim disk space for the log: No space left on device (ENOSPC), "
        + "and the reserve for deletions is used up. All commands that write are refused; reads are served. See INFO persistence and the server's log.";

    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    [InlineData("no")]
    public async Task Writes_that_grow_data_are_refused_when_the_disk_is_full_and_the_rest_goes_on(string appendFsync)
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5, ("appendfsync", appendFsync));

        Assert.Equal(Full, disk.FillUp());

        Assert.Equal(DiskSpaceState.Full, disk.Space.State);
        Assert.Equal("No space left on device (ENOSPC)", disk.Space.Reason);
        foreach (string refused in new[] { "SET new 1", "SETNX new 1", "MSET a 1 b 2", "INCR n", "APPEND key:0 x", "SETRANGE key:0 0 x", "GETSET key:0 x", "COPY key:0 new", "RENAME key:0 new", "MOVE key:0 1" })
        {
            Assert.Equal(Full, disk.Client.Run(refused).Text);
        }

        Assert.Equal(11, disk.Space.RejectedWrites);
        Assert.Equal(disk.Acknowledged["key:0"], disk.Client.Run("GET key:0").Text);
        Assert.Equal(1, disk.Client.Run("EXPIRE key:1 1000").Integer);
        Assert.Equal(1, disk.Client.Run("PERSIST key:1").Integer);
        Assert.Equal(1, disk.Delete("key:2").Integer);
        Assert.Equal(1, disk.Client.Run("UNLINK key:3").Integer);
        Assert.Equal(disk.Acknowledged["key:4"], disk.Client.Run("GETDEL key:4").Text);
        Assert.Equal("OK", disk.Client.Run("FLUSHDB").Text);
        Assert.Equal("OK", disk.Client.Run("FLUSHALL").Text);
        Assert.Equal(0, disk.Client.Run("DBSIZE").Integer);
    }

    [Fact]
    public async Task After_a_restart_everything_acknowledged_before_and_while_the_disk_was_full_is_there()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(1, disk.Delete($"key:{i}").Integer);
        }

        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());

        disk.AssertAcknowledged(again);
    }

    [Fact]
    public async Task Start_on_a_disk_that_is_full_serves_reads_and_refuses_what_grows()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();
        disk.UseUpReserve();
        SimulatedFileSystem files = disk.Files.Kill();
        files.CapacityBytes = disk.Files.CapacityBytes - SmallDisk.SegmentBytes;

        await using EngineHost again = await SmallDisk.ReopenAsync(files);
        disk.AssertAcknowledged(again);
        using TestClient client = again.Connect();
        Assert.StartsWith("MISCONF RespKv cannot claim disk space for the log", client.Run("SET new 1").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deletions_are_accepted_from_the_reserve_until_it_is_used_up()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();
        int before = disk.Acknowledged.Count;

        Assert.Equal(ReserveUsed, disk.UseUpReserve());

        // One sector each.
        Assert.InRange(before - disk.Acknowledged.Count, disk.Space.ReserveBytes / 512, SmallDisk.SegmentBytes / 512);
        Assert.Equal(DiskSpaceState.ReserveUsed, disk.Space.State);
        Assert.Equal(ReserveUsed, disk.Client.Run("SET new 1").Text);
        Assert.Equal(ReserveUsed, disk.Client.Run("FLUSHALL").Text);
        disk.AssertAcknowledged(disk.Host);
        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        disk.AssertAcknowledged(again);
    }

    [Fact]
    public async Task Everything_is_accepted_again_when_there_is_room_and_the_operator_is_told_both_times()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();
        disk.UseUpReserve();

        disk.SetRoom(100);
        await disk.ReachAsync(DiskSpaceState.Ok);

        Assert.Equal("OK", disk.Set("after", "1").Text);
        Assert.Equal("", disk.Space.Reason);
        await Poll.UntilAsync("the end is told", () => disk.Host.Log.Lines.Any(l => l.Line.Contains("is claimed again", StringComparison.Ordinal)));
        string[] lines = [.. disk.Host.Log.Lines.Where(l => l.Level == EngineLogLevel.Warning).Select(l => l.Line)];
        Assert.Single(lines, l => l.StartsWith("Disk full: the next segment of the log cannot be claimed.", StringComparison.Ordinal));
        Assert.Single(lines, l => l.StartsWith("Disk full: writes that may make the data grow are refused from now on", StringComparison.Ordinal));
        Assert.Single(lines, l => l.StartsWith("Disk full: the reserve for deletions is used up", StringComparison.Ordinal));
        Assert.Single(lines, l => l.Contains("2 were refused", StringComparison.Ordinal));
        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        disk.AssertAcknowledged(again);
    }

    [Fact]
    public async Task Disk_that_fills_up_again_and_again_loses_nothing()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(3.5);
        for (int round = 1; round <= 3; round++)
        {
            Assert.StartsWith("MISCONF ", disk.FillUp($"round{round}"), StringComparison.Ordinal);
            Assert.Equal(1, disk.Delete($"round{round}:0").Integer);
            disk.SetRoom(3.5 + (2 * round));
            await disk.ReachAsync(DiskSpaceState.Ok);
        }

        disk.AssertAcknowledged(disk.Host);
        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        disk.AssertAcknowledged(again);
    }

    [Fact]
    public async Task Power_cut_on_a_full_disk_loses_nothing_that_was_acknowledged()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(3.5);
        disk.FillUp();
        disk.UseUpReserve();
        for (int seed = 0; seed < 40; seed++)
        {
            await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Crash(seed));
            disk.AssertAcknowledged(again);
        }
    }

    [Fact]
    public async Task Pipeline_over_the_end_of_the_room_is_answered_in_order()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(3.5);
        string value = new('v', 500);
        const int Requests = 600;
        disk.Client.SendRaw([.. Enumerable.Range(0, Requests).SelectMany(i => (byte[])[.. TestClient.Encode("SET", $"k{i}", value), .. TestClient.Encode("STRLEN", $"k{i}")])]);

        int accepted = 0;
        bool refused = false;
        for (int i = 0; i < Requests; i++)
        {
            RespValue set = await disk.Client.ReadAsync();
            RespValue length = await disk.Client.ReadAsync();
            Assert.Equal(set.IsError ? Full : "OK", set.Text);
            Assert.Equal(set.IsError ? 0 : value.Length, length.Integer);
            Assert.False(refused && !set.IsError, "a write was accepted behind one that was refused");
            refused |= set.IsError;
            accepted += set.IsError ? 0 : 1;
        }

        Assert.InRange(accepted, 1, Requests - 1);
        await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
        using TestClient reader = again.Connect();
        Assert.Equal(accepted, reader.Run("DBSIZE").Integer);
    }

    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    public async Task Clients_that_fill_the_disk_together_are_never_promised_more_than_was_claimed(string appendFsync)
    {
        for (int seed = 0; seed < 6; seed++)
        {
            await using SmallDisk disk = await SmallDisk.OpenAsync(5 + (seed / 4.0), ("appendfsync", appendFsync));
            if (seed % 2 == 0)
            {
                disk.Files.HoldSyncs();
            }

            SpaceLoad[] loads = [.. Enumerable.Range(0, 5).Select(i => new SpaceLoad(disk.Host, i, (seed * 100) + i))];
            Task running = Task.WhenAll(loads.Select(load => Task.Run(load.RunAsync)));
            disk.Files.ReleaseSyncs();
            await running;

            Assert.All(loads, load => Assert.True(load.Refused > 0));
            Assert.DoesNotContain(disk.Host.Log.Lines, l => l.Line.Contains("although room for it was claimed", StringComparison.Ordinal));
            Assert.False(disk.Host.Engine.HasFailed);
            await using EngineHost again = await SmallDisk.ReopenAsync(disk.Files.Kill());
            Assert.All(loads, load => load.AssertKept(again));
        }
    }

    [Fact]
    public async Task Write_waits_while_the_next_segment_is_being_made_and_is_not_refused()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        using TestClient other = disk.Host.Connect();
        disk.Files.HoldSyncs("spare");
        int sent = 0;
        bool IsWaiting()
        {
            disk.Client.Send("SET", $"key:{sent++}", new string('v', 4000));
            return disk.Client.Session.IsPostponed;
        }

        // Two segments are there; the third one is held in the making.
        while (!IsWaiting())
        {
            Assert.Equal("OK", (await disk.Client.ReadAsync()).Text);
        }

        Assert.InRange(sent * 4000, 1, 2 * SmallDisk.SegmentBytes);
        Assert.False(disk.Client.TryRead(out _));
        Assert.Equal(4000, other.Run("STRLEN key:0").Integer);
        Assert.Equal(1, other.Run("DEL key:0").Integer);

        disk.Files.ReleaseSyncs();
        Assert.Equal("OK", (await disk.Client.ReadAsync()).Text);
        Assert.Equal(DiskSpaceState.Ok, disk.Space.State);
        Assert.Equal(0, disk.Space.RejectedWrites);
    }

    [Fact]
    public async Task Expired_keys_are_gone_for_readers_although_their_deletion_cannot_be_logged()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        Assert.Equal("OK", disk.Client.Run("SET volatile x PX 1").Text);
        disk.Client.Run("DEBUG SET-ACTIVE-EXPIRE 0");
        disk.FillUp();
        disk.UseUpReserve();
        long appended = disk.Host.Engine.Commit.AppendedLsn;

        Assert.True(disk.Client.Run("GET volatile").IsNull);

        Assert.Equal(appended, disk.Host.Engine.Commit.AppendedLsn);
        Assert.False(disk.Host.Engine.HasFailed);
    }

    [Fact]
    public async Task Claim_that_was_lost_to_others_stops_nothing_and_is_written_when_there_is_room()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();
        using TestClient writer = disk.Host.Connect();

        // As if the claim had been wrong: a record that nobody admitted.
        CommitRecord(disk.Host.Engine, "unclaimed", new byte[SmallDisk.SegmentBytes / 2]);
        await disk.ReachAsync(DiskSpaceState.ReserveUsed);
        writer.Send("GET", "unclaimed");

        Assert.Equal(ReserveUsed, disk.Client.Run("DEL key:0").Text);
        Assert.Equal(disk.Acknowledged["key:1"], disk.Client.Run("GET key:1").Text);
        Assert.False(writer.TryRead(out _));
        Assert.Equal(EngineState.Ready, disk.Host.Engine.State);

        disk.SetRoom(100);
        Assert.Equal(SmallDisk.SegmentBytes / 2, (await writer.ReadAsync()).Bytes.Length);
        await disk.ReachAsync(DiskSpaceState.Ok);
        Assert.Equal("OK", disk.Set("after", "1").Text);
    }

    [Fact]
    public async Task Stop_while_a_record_cannot_be_written_fails_and_acknowledges_nobody()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(4.5);
        disk.FillUp();
        using TestClient reader = disk.Host.Connect();
        CommitRecord(disk.Host.Engine, "unclaimed", new byte[SmallDisk.SegmentBytes / 2]);
        await disk.ReachAsync(DiskSpaceState.ReserveUsed);
        reader.Send("GET", "unclaimed");

        await disk.Host.Engine.StopAsync();

        Assert.Equal(EngineState.Failed, disk.Host.Engine.State);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public async Task Quota_is_a_full_disk_too()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        disk.Files.FailFrom(FileOperation.Write, 1, Storage.Files.Errno.EDQUOT, "spare");

        Assert.Contains("(EDQUOT)", disk.FillUp(), StringComparison.Ordinal);

        disk.Files.ClearFaults();
        await disk.ReachAsync(DiskSpaceState.Ok);
        Assert.Equal("OK", disk.Set("after", "1").Text);
    }

    private static void CommitRecord(RespEngine engine, string key, byte[] value)
    {
        engine.RunServerTurn(_ =>
        {
            engine.Mutator.SetString(0, new Execution.KeyRef(System.Text.Encoding.ASCII.GetBytes(key)), value, MutationWriter.NoExpiry);
        });
    }

    [Fact]
    public async Task Disk_that_fails_when_the_next_segment_is_made_stops_the_engine_instead_of_looking_full()
    {
        await using SmallDisk disk = await SmallDisk.OpenAsync(100);
        disk.Files.FailFrom(FileOperation.SyncData, 1, Errno.EIO, "spare");

        await Assert.ThrowsAnyAsync<IOException>(() => Task.Run(() => disk.FillUp()));

        Exception? cause = await disk.Host.Engine.Stopped.WaitAsync(Poll.Deadline);
        Assert.Contains("EIO", cause!.Message, StringComparison.Ordinal);
    }
}
