using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Commands.Server;

/// <summary>SAVE and its relatives: Redis's words for having a checkpoint made. None of them stops anybody else.</summary>
internal static class CheckpointCommands
{
    [Command("save", 1, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.NoAsyncLoading | CommandFlags.NoMulti, Group = "server", Since = "1.0.0",
        Complexity = "O(N) where N is the total number of keys in all databases",
        Summary = "Synchronously save the dataset to disk")]
    internal static void Save(ReadContext c, RequestArgs args)
    {
        Task saving = c.Engine.Checkpoints.RequestAsync(c.Engine.Commit.AppendedLsn);
        if (saving.IsCompletedSuccessfully)
        {
            c.Reply.Ok();
            return;
        }

        c.Suspend(new Suspension(
            (c, _) =>
            {
                if (saving.Exception?.InnerException is { } failure)
                {
                    c.Fail($"ERR checkpoint failed: {failure.Message}");
                }
                else
                {
                    c.Reply.Ok();
                }
            },
            Work: saving));
    }

    [Command("bgsave", -1, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.NoAsyncLoading, Group = "server", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Asynchronously save the dataset to disk", Syntax = "[SCHEDULE]")]
    internal static void BgSave(ReadContext c, RequestArgs args)
    {
        bool schedule = args.Count == 2 && args[1].Is("schedule"u8);
        if (args.Count > 1 && !schedule)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        // Inside a transaction it comes behind the block, as in Redis.
        if (c.Engine.Checkpoints.IsBusy || c.Session.RunsBlock)
        {
            if (schedule || c.Session.RunsBlock)
            {
                Begin(c);
                c.Reply.SimpleString("Background saving scheduled"u8);
            }
            else
            {
                c.Fail("ERR Background save already in progress");
            }

            return;
        }

        Begin(c);
        c.Reply.SimpleString("Background saving started"u8);
    }

    /// <summary>What shortens the log here is a checkpoint.</summary>
    [Command("bgrewriteaof", 1, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.NoAsyncLoading, Group = "server", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Asynchronously rewrite the append-only file")]
    internal static void BgRewriteAof(ReadContext c, RequestArgs args)
    {
        bool isLater = c.Engine.Checkpoints.IsBusy || c.Session.RunsBlock;
        Begin(c);
        c.Reply.SimpleString(isLater ? "Background append only file rewriting scheduled"u8 : "Background append only file rewriting started"u8);
    }

    [Command("lastsave", 1, CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast, Group = "server", Since = "1.0.0",
        Complexity = "O(1)", Summary = "Get the UNIX time stamp of the last successful save to disk", Categories = "admin dangerous",
        Tips = "nondeterministic_output")]
    internal static void LastSave(ReadContext c, RequestArgs args) => c.Reply.Integer(c.Engine.Checkpoints.Status.LastSaveAtMillis / 1000);

    /// <summary>Of all that was changed so far, by the transaction too that this may be a part of. A failure is in the log and in INFO.</summary>
    private static void Begin(ReadContext c)
    {
        WalBatch fill = c.Engine.Commit.Fill;
        c.Engine.Checkpoints.RequestAsync(fill.RecordOpen ? fill.LastLsn + 1 : fill.LastLsn).ContinueWith(
            static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
