using RespKv.Protocol;
using RespKv.Storage.Checkpoints;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Checkpoints;

/// <summary>When checkpoints are made, what they leave, and what a failed one does.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public async Task Save_makes_the_next_start_read_tables_instead_of_the_log()
    {
        var files = new SimulatedFileSystem();
        SortedDictionary<string, string> before;
        await using (EngineHost host = await EngineHost.OpenAsync(files))
        {
            using TestClient client = host.Connect();
            for (int i = 0; i < 1000; i++)
            {
                client.Call("SET", $"key:{i}", $"value {i}");
            }

            client.Run("SELECT 3");
            client.Run("SET n 12");
            client.Run("PEXPIREAT n 99999999999999");
            client.Run("SELECT 0");
            Assert.Equal("OK", client.Run("SAVE").Text);
            Assert.Equal(EngineFacts.Field(client, "appended_lsn"), EngineFacts.Field(client, "checkpoint_lsn"));
            before = EngineFacts.Dump(client);
        }

        await using EngineHost recovered = await EngineHost.OpenAsync(files.Kill());
        using TestClient reader = recovered.Connect();
        Assert.Equal(before, EngineFacts.Dump(reader));
        Assert.Equal(0, EngineFacts.Number(reader, "recovery_records"));
        Assert.Equal(1002, EngineFacts.Number(reader, "recovery_last_lsn"));
    }

    [Fact]
    public async Task Log_is_cut_behind_checkpoints()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        string value = new('x', 100_000);
        for (int i = 0; i < 50; i++)
        {
            client.Call("SET", $"key:{i}", value);
        }

        Assert.True(EngineFacts.Number(client, "wal_segments") >= 5);
        Assert.Equal("OK", client.Run("SAVE").Text);

        Assert.Equal(1, EngineFacts.Number(client, "wal_segments"));
        Assert.DoesNotContain("/data/wal-00000000000000000001.log", files.ReadAll().Keys);
    }

    [Fact]
    public async Task Log_that_outgrows_checkpoint_log_bytes_starts_a_checkpoint()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, settings: ("checkpoint-log-bytes", "200kb"));
        using TestClient client = host.Connect();
        string value = new('x', 50_000);
        for (int i = 0; i < 10; i++)
        {
            client.Call("SET", $"key:{i}", value);
        }

        await Poll.UntilAsync("a checkpoint by size", () => EngineFacts.Number(client, "checkpoints") > 0);
    }

    [Fact]
    public async Task Checkpoint_is_made_by_the_clock_only_if_something_was_written()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time, ("checkpoint-interval", "60"));
        using TestClient client = host.Connect();
        time.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(0, EngineFacts.Number(client, "checkpoints"));

        client.Run("SET a 1");
        time.Advance(TimeSpan.FromSeconds(61));

        await Poll.UntilAsync("a checkpoint by the clock", () => EngineFacts.Number(client, "checkpoints") == 1);
    }

    [Fact]
    public async Task Writes_and_reads_go_on_while_a_checkpoint_hangs_at_the_disk()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        using TestClient saver = host.Connect();
        client.Run("SET a 1");
        files.HoldSyncs("table-");

        saver.Send("SAVE");
        await files.SyncHeldAsync();
        Assert.Equal("OK", client.Run("SET a 2").Text);
        Assert.Equal("2", client.Run("GET a").Text);
        Assert.Equal("1", EngineFacts.Field(client, "checkpoint_running"));
        Assert.Equal("1", EngineFacts.Field(client, "rdb_bgsave_in_progress"));
        Assert.Equal("ERR Background save already in progress", client.Run("BGSAVE").Text);
        Assert.Equal("Background saving scheduled", client.Run("BGSAVE SCHEDULE").Text);
        Assert.Equal("Background append only file rewriting scheduled", client.Run("BGREWRITEAOF").Text);
        Assert.False(saver.TryRead(out _));

        files.ReleaseSyncs();
        Assert.Equal("OK", (await saver.ReadAsync()).Text);
    }

    [Fact]
    public async Task Save_waits_until_the_log_is_durable()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using TestClient saver = host.Connect();
        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();

        saver.Send("SAVE");
        Assert.False(saver.TryRead(out _));
        Assert.DoesNotContain(files.ReadAll().Keys, name => name.Contains("table-"));

        files.ReleaseSyncs();
        Assert.Equal("OK", (await saver.ReadAsync()).Text);
        Assert.Contains(files.ReadAll().Keys, name => name.Contains("table-"));
    }

    [Fact]
    public async Task Save_under_everysec_syncs_the_log_itself()
    {
        var files = new SimulatedFileSystem();
        await using (EngineHost host = await EngineHost.OpenAsync(files, settings: [("appendfsync", "everysec"), ("appendfsync-interval-ms", "3600000")]))
        {
            using TestClient client = host.Connect();
            client.Run("SET a 1");

            Assert.Equal("OK", client.Run("SAVE").Text);

            Assert.Equal("1", EngineFacts.Field(client, "durable_lsn"));
        }
    }

    [Theory]
    [InlineData(FileOperation.Write, "table-")]
    [InlineData(FileOperation.SyncData, "table-")]
    [InlineData(FileOperation.Open, "table-")]
    [InlineData(FileOperation.Write, "MANIFEST-")]
    [InlineData(FileOperation.SyncData, "MANIFEST-")]
    public async Task Failed_checkpoint_is_told_and_the_next_one_succeeds(FileOperation operation, string file)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        files.FailNext(operation, Errno.EIO, file);

        RespValue failed = client.Run("SAVE");
        Assert.True(failed.IsError);
        Assert.StartsWith("ERR checkpoint failed: ", failed.Text);
        Assert.Equal("err", EngineFacts.Field(client, "checkpoint_last_result"));
        Assert.Equal("err", EngineFacts.Field(client, "rdb_last_bgsave_status"));
        Assert.Contains(host.Log.Lines, line => line.Line.Contains("Checkpoint failed", StringComparison.Ordinal));
        Assert.Equal("OK", client.Run("SET b 2").Text);

        Assert.Equal("OK", client.Run("SAVE").Text);
        Assert.Equal("ok", EngineFacts.Field(client, "checkpoint_last_result"));
        SortedDictionary<string, string> before = EngineFacts.Dump(client);
        await using EngineHost recovered = await EngineHost.OpenAsync(files.Crash(1));
        using TestClient reader = recovered.Connect();
        Assert.Equal(before, EngineFacts.Dump(reader));
    }

    [Fact]
    public async Task Failed_background_checkpoint_is_tried_again_without_being_asked()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, settings: ("checkpoint-log-bytes", "1kb"));
        using TestClient client = host.Connect();
        files.FailNext(FileOperation.Write, Errno.EIO, "table-");

        client.Call("SET", "a", new string('x', 2000));

        await Poll.UntilAsync("a failed checkpoint", () => EngineFacts.Number(client, "checkpoint_failures") > 0);
        await Poll.UntilAsync("a checkpoint", () => EngineFacts.Number(client, "checkpoints") > 0);
    }

    [Fact]
    public async Task Checkpoint_on_a_full_disk_uses_the_room_that_was_kept_for_it()
    {
        const string reserve = "/data/" + CheckpointReserve.FileName;
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, settings: ("checkpoint-log-bytes", "0"));
        using TestClient client = host.Connect();
        await Poll.UntilAsync("the reserve is claimed", () => files.FileExists(reserve) && files.ReadFile(reserve).Length == 1 << 20);
        await Poll.UntilAsync("the next segment is claimed", () => files.FileExists("/data/spare.log") && files.ReadFile("/data/spare.log").Length == 1 << 20);
        client.Call("SET", "a", new string('x', 500_000));
        files.CapacityBytes = files.ReadAll().Values.Sum(file => (long)file.Length);

        Assert.Equal("OK", client.Run("SAVE").Text);
        Assert.False(files.FileExists(reserve));

        client.Call("SET", "b", new string('x', 600_000));
        Assert.StartsWith("ERR checkpoint failed: ", client.Run("SAVE").Text);

        files.CapacityBytes = long.MaxValue;
        Assert.Equal("OK", client.Run("SAVE").Text);
        Assert.True(files.FileExists(reserve));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("brotli")]
    [InlineData("deflate")]
    public async Task Compressed_tables_are_loaded_as_others_are(string compression)
    {
        var files = new SimulatedFileSystem();
        await using (EngineHost host = await EngineHost.OpenAsync(files, settings: ("table-compression", compression)))
        {
            using TestClient client = host.Connect();
            client.Call("SET", "a", new string('x', 100_000));
            client.Call("SET", "b", "2");
            client.Run("SAVE");
            bool isSmall = EngineFacts.Number(client, "table_bytes") < 50_000;
            Assert.Equal(compression != "none", isSmall);
        }

        await using EngineHost recovered = await EngineHost.OpenAsync(files);
        using TestClient reader = recovered.Connect();
        Assert.Equal(100_000, reader.Run("STRLEN a").Integer);
        Assert.Equal("2", reader.Run("GET b").Text);
    }

    [Theory]
    [InlineData("SHUTDOWN SAVE", "no", 0)]
    [InlineData("SHUTDOWN", "yes", 0)]
    [InlineData("SHUTDOWN NOSAVE", "yes", 2)]
    [InlineData("SHUTDOWN", "no", 2)]
    public async Task Shutdown_makes_a_checkpoint_when_told_to(string command, string onShutdown, long recordsReplayed)
    {
        var files = new SimulatedFileSystem();
        EngineHost host = await EngineHost.OpenAsync(files, settings: ("checkpoint-on-shutdown", onShutdown));
        using (TestClient client = host.Connect())
        {
            client.Run("SET a 1");
            client.Run("SET b 2");
            client.Send(command.Split(' '));
            await host.DisposeAsync();
        }

        await using EngineHost recovered = await EngineHost.OpenAsync(files);
        using TestClient reader = recovered.Connect();
        Assert.Equal(recordsReplayed, EngineFacts.Number(reader, "recovery_records"));
        Assert.Equal("2", reader.Run("GET b").Text);
    }

    [Theory]
    [InlineData("DEBUG RELOAD")]
    [InlineData("DEBUG RELOAD NOSAVE")]
    [InlineData("DEBUG LOADAOF")]
    public async Task Reload_brings_everything_back(string command)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), settings: ("enable-debug-command", "yes"));
        using TestClient client = host.Connect();
        client.Run("MSET a 1 b 2 c 3");
        client.Run("SAVE");
        client.Run("APPEND a xyz");
        client.Run("DEL b");
        client.Run("SWAPDB 0 2");
        client.Run("SET d 4");
        SortedDictionary<string, string> before = EngineFacts.Dump(client);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("OK", client.Run(command).Text);
            Assert.Equal(before, EngineFacts.Dump(client));
        }

        Assert.Equal("OK", client.Run("SAVE").Text);
    }

    [Fact]
    public async Task Lastsave_is_the_time_of_the_last_checkpoint()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        long started = client.Run("LASTSAVE").Integer;
        client.Run("SET a 1");
        time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(started, client.Run("LASTSAVE").Integer);

        client.Run("SAVE");

        Assert.Equal(started + 100, client.Run("LASTSAVE").Integer);
    }

    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    [InlineData("no")]
    public async Task Save_behind_a_write_of_the_same_pipeline_holds_it(string appendFsync)
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files, settings: ("appendfsync", appendFsync));
        using TestClient client = host.Connect();
        for (int i = 0; i < 20; i++)
        {
            client.SendRaw([.. TestClient.Encode("SET", "a", $"{i}"), .. TestClient.Encode("SAVE")]);
            Assert.Equal("OK", (await client.ReadAsync()).Text);
            Assert.Equal("OK", (await client.ReadAsync()).Text);
            Assert.Equal(i + 1, EngineFacts.Number(client, "checkpoint_lsn"));
        }
    }

    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    [InlineData("no")]
    public async Task Checkpoints_are_made_again_and_again_by_the_size_of_the_log(string appendFsync)
    {
        await using EngineHost host = await EngineHost.OpenAsync(
            new SimulatedFileSystem(), settings: [("appendfsync", appendFsync), ("checkpoint-log-bytes", "1kb")]);
        using TestClient client = host.Connect();
        for (int i = 0; i < 3; i++)
        {
            long before = EngineFacts.Number(client, "checkpoints");
            client.Call("SET", "a", new string('x', 2000));
            await Poll.UntilAsync("another checkpoint", () => EngineFacts.Number(client, "checkpoints") > before);
        }
    }

    [Fact]
    public async Task Checkpoint_that_could_not_retire_its_segments_does_it_the_next_time()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        string value = new('x', 100_000);
        for (int i = 0; i < 30; i++)
        {
            client.Call("SET", $"key:{i}", value);
        }

        files.FailNext(FileOperation.Rename, Errno.EIO, "wal-");
        Assert.StartsWith("ERR checkpoint failed: ", client.Run("SAVE").Text);

        Assert.Equal("OK", client.Run("SAVE").Text);
        Assert.Equal(1, EngineFacts.Number(client, "wal_segments"));
        Assert.Equal("0", EngineFacts.Field(client, "rdb_bgsave_in_progress"));
    }

    [Fact]
    public async Task Skipped_reply_of_a_command_that_waited_twice_is_not_sent()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        client.Run("FLUSHALL");
        client.Run("SET b 2");
        client.Send("CLIENT", "REPLY", "SKIP");
        client.Send("KEYRANGE", "-", "+");
        client.Send("PING");

        Assert.Equal("PONG", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Save_without_anything_new_is_done_at_once()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal("OK", client.Run("SAVE").Text);
        client.Run("SET a 1");
        Assert.Equal("OK", client.Run("SAVE").Text);
        Assert.Equal("OK", client.Run("SAVE").Text);

        Assert.Equal(1, EngineFacts.Number(client, "checkpoints"));
    }

    [Fact]
    public async Task Bgsave_with_another_word_is_a_syntax_error()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal("ERR syntax error", client.Run("BGSAVE NOW").Text);
        Assert.Equal("ERR syntax error", client.Run("BGSAVE SCHEDULE NOW").Text);
    }

    [Fact]
    public async Task Table_that_no_manifest_names_is_deleted_by_a_start_that_succeeds_and_kept_by_one_that_refuses()
    {
        var files = new SimulatedFileSystem();
        await using (EngineHost host = await EngineHost.OpenAsync(files))
        {
            using TestClient client = host.Connect();
            client.Run("SET a 1");
        }

        const string orphan = "/data/table-0000000099.tbl";
        using (IFile file = files.Open(orphan, FileOpenKind.CreateNew))
        {
            file.Write("unfinished"u8, 0);
        }

        SimulatedFileSystem damaged = files.Kill();
        damaged.FlipBit("/data/wal-00000000000000000001.log", 520);
        await Assert.ThrowsAnyAsync<IOException>(() => EngineHost.OpenAsync(damaged));
        Assert.True(damaged.FileExists(orphan));

        await using EngineHost recovered = await EngineHost.OpenAsync(files);
        Assert.False(files.FileExists(orphan));
    }

    [Fact]
    public async Task Missing_or_damaged_table_is_refused_at_start()
    {
        var files = new SimulatedFileSystem();
        await using (EngineHost host = await EngineHost.OpenAsync(files))
        {
            using TestClient client = host.Connect();
            client.Run("SET a 1");
            client.Run("SAVE");
        }

        string table = files.ReadAll().Keys.Single(name => name.Contains("table-"));
        SimulatedFileSystem damaged = files.Kill();
        damaged.FlipBit(table, 20);
        IOException damage = await Assert.ThrowsAnyAsync<IOException>(() => EngineHost.OpenAsync(damaged));
        Assert.Contains(table, damage.Message);

        SimulatedFileSystem missing = files.Kill();
        missing.Delete(table);
        IOException absence = await Assert.ThrowsAnyAsync<IOException>(() => EngineHost.OpenAsync(missing));
        Assert.Contains(table, absence.Message);
    }
}
