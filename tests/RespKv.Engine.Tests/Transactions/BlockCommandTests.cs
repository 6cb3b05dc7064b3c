using RespKv.Engine.Commands;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Transactions;

/// <summary>What commands do inside a block that they do differently outside, and what a block costs and counts.</summary>
public sealed class BlockCommandTests
{
    [Fact]
    public async Task Block_of_writes_waits_for_the_end_of_a_pause_and_one_of_reads_does_not()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient client = host.Connect();
        using TestClient reader = host.Connect();
        Blocks.Queue(client, "SET a 1;GET a");
        Assert.Equal("OK", admin.Run("CLIENT PAUSE 100000 WRITE").Text);

        client.Send("EXEC");
        Assert.Single(Blocks.Run(reader, "GET a").Items);
        Assert.False(client.TryRead(out _));
        reader.Run("MULTI");
        reader.Send("SET", "b", "1");
        Assert.False(reader.TryRead(out _));
        Assert.True(admin.Run("GET a").IsNull);

        Assert.Equal("OK", admin.Run("CLIENT UNPAUSE").Text);
        Assert.Equal("1", (await client.ReadAsync()).Items[1].Text);
        Assert.Equal("QUEUED", (await reader.ReadAsync()).Text);
    }

    [Fact]
    public async Task Pause_that_a_block_asks_for_begins_behind_it()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient client = host.Connect();

        Assert.Equal(3, Blocks.Run(client, "SET a 1;CLIENT PAUSE 100000 WRITE;SET b 1").Items.Count);

        client.Send("SET", "c", "1");
        Assert.False(client.TryRead(out _));
        Assert.Equal(2, admin.Run("EXISTS a b c").Integer);
        admin.Run("CLIENT UNPAUSE");
        Assert.Equal("OK", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Commands_that_wait_for_something_outside_the_turn_are_refused_or_answered_at_once()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("enable-debug-command", "yes"));
        using TestClient client = host.Connect();
        foreach (string command in new[] { "SAVE", "SHUTDOWN", "CONFIG REWRITE", "MEMORY PURGE", "KEYRANGE - +", "BACKUP BEGIN" })
        {
            client.Run("MULTI");
            Assert.Equal("ERR Command not allowed inside a transaction", client.Run(command).Text);
            Assert.Equal("EXECABORT Transaction discarded because of previous errors.", client.Run("EXEC").Text);
        }

        RespValue reply = Blocks.Run(client, "SET a 1;DEBUG RELOAD;DEBUG LOADAOF;DEBUG SLEEP 0.001;WAIT 3 0;GET a");
        Assert.Equal("ERR Command not allowed inside a transaction", reply.Items[1].Text);
        Assert.Equal("ERR Command not allowed inside a transaction", reply.Items[2].Text);
        Assert.Equal("OK", reply.Items[3].Text);
        Assert.Equal(0, reply.Items[4].Integer);
        Assert.Equal("1", reply.Items[5].Text);
    }

    /// <summary>Every command, with arguments enough for most: none may leave a block suspended or half done.</summary>
    [Fact]
    public async Task No_command_suspends_a_block()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("enable-debug-command", "yes"));
        foreach (CommandEntry entry in BuiltInCommands.Create().AllWithSubcommands())
        {
            string[] name = entry.Name.Split('|');
            // Subscribing gives a reply a channel, whatever EXEC's header says, and changes what PING answers.
            if (entry.Has(CommandFlags.NotQueued) || name[^1] is "kill" or "pause" or "auth" || name[^1].EndsWith("subscribe", StringComparison.Ordinal))
            {
                continue;
            }

            for (int arguments = 0; arguments < 4; arguments++)
            {
                using TestClient client = host.Connect();
                client.Run("MULTI");
                client.Run("SET before 1");
                client.Call([.. name, .. Enumerable.Repeat("1", arguments)]);
                client.Run("SET behind 1");
                string kind = client.Run("EXEC").Kind.ToString();

                Assert.True(kind is "Array" or "Error", entry.Name);
                Assert.False(client.Session.IsSuspended, entry.Name);
                Assert.Equal("PONG", client.Run("PING").Text);
            }
        }

        Assert.DoesNotContain(host.Log.Lines, line => line.Line.Contains("failed: System.InvalidOperationException", StringComparison.Ordinal));
        Assert.Equal(EngineState.Ready, host.Engine.State);
    }

    [Fact]
    public async Task Checkpoint_asked_for_in_a_block_comes_behind_it_and_holds_it()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        RespValue reply = Blocks.Run(client, "SET a 1;BGSAVE;BGREWRITEAOF;SET b 2");

        Assert.Equal("Background saving scheduled", reply.Items[1].Text);
        Assert.Equal("Background append only file rewriting scheduled", reply.Items[2].Text);
        await Poll.UntilAsync("the checkpoint holds the block", () => host.Engine.Checkpoints.CheckpointLsn >= 1);
    }

    [Fact]
    public async Task Client_reply_inside_a_block_drops_replies_from_there_on_as_in_redis()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        // Four replies are announced and two come: the client takes the next two for them.
        Blocks.Queue(client, "CLIENT REPLY OFF;PING;CLIENT REPLY ON;ECHO x");
        client.Send("EXEC");
        client.Send("ECHO", "y");
        client.Send("ECHO", "z");
        Assert.Equal(["OK", "x", "y", "z"], (await client.ReadAsync()).Items.Select(i => i.Text));

        Blocks.Queue(client, "CLIENT REPLY SKIP;ECHO 1");
        client.Send("EXEC");
        client.Send("ECHO", "skipped");
        client.Send("ECHO", "2");
        Assert.Equal(["1", "2"], (await client.ReadAsync()).Items.Select(i => i.Text));

        client.Send("CLIENT", "REPLY", "OFF");
        client.Send("MULTI");
        client.Send("SET", "a", "1");
        client.Send("EXEC");
        client.Send("CLIENT", "REPLY", "ON");
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("1", client.Run("GET a").Text);
    }

    [Theory]
    [InlineData("MULTI;NOSUCH;EXEC")]
    [InlineData("WATCH k;SET k 1;MULTI;PING;EXEC")]
    public async Task Exec_that_does_not_run_its_block_answers_nobody_who_asked_for_no_reply(string commands)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Send("CLIENT", "REPLY", "OFF");
        foreach (string command in commands.Split(';'))
        {
            client.Send(command.Split(' '));
        }

        client.Send("CLIENT", "REPLY", "ON");
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("PONG", client.Run("PING").Text);
    }

    [Fact]
    public async Task Whole_reply_of_exec_is_skipped_when_it_was_asked_for_before()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Send("MULTI");
        client.Send("SET", "a", "1");
        client.Send("SET", "b", "1");
        Assert.Equal("OK", (await client.ReadAsync()).Text);
        Assert.Equal("QUEUED", (await client.ReadAsync()).Text);
        Assert.Equal("QUEUED", (await client.ReadAsync()).Text);
        client.Session.ReplyMode = RespKv.Engine.Sessions.ReplyMode.SkipNext;
        client.Send("EXEC");
        Assert.Equal(2, client.Run("EXISTS a b").Integer);
    }

    [Fact]
    public async Task Commands_of_a_block_and_exec_are_counted_one_by_one()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("SET s x");
        client.Run("CONFIG RESETSTAT");
        client.Run("CONFIG SET slowlog-log-slower-than 0");
        client.Run("SLOWLOG RESET");

        Blocks.Run(client, "SET a 1;INCR s;GET a;GET b");
        client.Run("MULTI");
        client.Run("SET a");
        client.Run("EXEC");

        string stats = client.Run("INFO commandstats").Text;
        Assert.Contains("cmdstat_set:calls=1,", stats, StringComparison.Ordinal);
        Assert.Contains("cmdstat_get:calls=2,", stats, StringComparison.Ordinal);
        Assert.Contains("cmdstat_multi:calls=2,", stats, StringComparison.Ordinal);
        Assert.Contains("cmdstat_exec:calls=2,", stats, StringComparison.Ordinal);
        Assert.Matches(@"cmdstat_incr:calls=1,.*,failed_calls=1\r", stats);
        Assert.Matches(@"cmdstat_set:calls=1,.*,rejected_calls=1,failed_calls=0\r", stats);
        Assert.Matches(@"cmdstat_exec:calls=2,.*,rejected_calls=0,failed_calls=1\r", stats);
        Assert.Contains("errorstat_EXECABORT:count=1", client.Run("INFO errorstats").Text, StringComparison.Ordinal);
        string[] slow = [.. client.Run("SLOWLOG GET 100").Items.Select(i => i.Items[3].Items[0].Text)];
        Assert.DoesNotContain("EXEC", slow);
        Assert.Equal(2, slow.Count(name => name == "GET"));
    }

    [Fact]
    public async Task Queue_above_the_query_buffer_limit_ends_the_client_and_none_of_it_runs()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("client-query-buffer-limit", "1mb"));
        using TestClient client = host.Connect();
        using TestClient other = host.Connect();
        client.Run("MULTI");
        string value = new('v', 100_000);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("QUEUED", client.Call("SET", $"k{i}", value).Text);
        }

        Assert.False(client.IsClosing);
        client.Send("SET", "k", value);
        client.Send("EXEC");

        Assert.True(client.IsClosing);
        Assert.False(client.TryRead(out _));
        Assert.Equal(0, other.Run("DBSIZE").Integer);
        Assert.Contains("client_query_buffer_limit_disconnections:1", other.Run("INFO stats").Text, StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, line => line.Line.StartsWith("Closing client that reached max query buffer length", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Queue_of_many_small_commands_and_watches_of_many_keys_count_by_their_memory()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("client-query-buffer-limit", "1mb"));
        using TestClient queueing = host.Connect();
        using TestClient watching = host.Connect();
        queueing.Run("MULTI");
        for (int i = 0; i < 20_000 && !queueing.IsClosing; i++)
        {
            queueing.Send("PING");
        }

        for (int i = 0; i < 20_000 && !watching.IsClosing; i++)
        {
            watching.Send("WATCH", $"key:{i}");
        }

        Assert.True(queueing.IsClosing);
        Assert.True(watching.IsClosing);
        Assert.False(host.Engine.Mutator.Watches.IsOn);
    }

    [Fact]
    public async Task Exception_in_a_command_that_has_changed_nothing_is_its_own_error_only()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        Blocks.Queue(client, "SET a 1");
        client.Session.Block!.Add(new CommandEntry(new CommandAttribute("broken", 1, CommandFlags.None), (_, _) => throw new InvalidDataException("broken"), null), default);
        client.Run("SET b 2");

        RespValue reply = client.Run("EXEC");

        Assert.Equal(["OK", "ERR internal error, see the server's log", "OK"], reply.Items.Select(i => i.Text));
        Assert.Equal(1, host.Engine.Commit.AppendedLsn);
        Assert.Equal(2, client.Run("EXISTS a b").Integer);
    }

    [Fact]
    public async Task Exception_behind_a_change_stops_the_engine_and_nothing_of_the_block_is_kept()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient client = host.Connect();
        Blocks.Queue(client, "SET a 1");
        client.Session.Block!.Add(new CommandEntry(new CommandAttribute("broken", 1, CommandFlags.Write), null, (c, _) =>
        {
            c.SetString(new Execution.KeyRef("half"u8), "x"u8);
            throw new InvalidDataException("broken");
        }), default);

        client.Send("EXEC");

        Assert.Equal(EngineState.Failed, host.Engine.State);
        await using EngineHost recovered = await EngineHost.OpenAsync(files.Kill());
        using TestClient reader = recovered.Connect();
        Assert.Equal(0, reader.Run("DBSIZE").Integer);
    }
}
