using System.Text;
using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Rdb;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>DEBUG, for tests: one command with subcommands of its own, as in Redis. Refused unless enable-debug-command allows it.</summary>
internal static class DebugCommand
{
    /// <summary>Redis's limit: a little below 4 GiB.</summary>
    private const long PackedThresholdMax = (1L << 32) - (1 << 20);

    private const string NotAllowed = "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.";

    /// <summary>An hour: a longer DEBUG SLEEP would be a mistake that only a restart could end.</summary>
    private const double SleepSecondsMax = 3600;

    private static readonly string[] HelpLines =
    [
        "CHANGE-REPL-ID",
        "    Change the replication IDs of the instance.",
        "CONFIG-REWRITE-FORCE-ALL",
        "    Like CONFIG REWRITE.",
        "DIGEST",
        "    Output a hex signature representing the current DB content.",
        "DIGEST-VALUE <key> [<key> ...]",
        "    Output a hex signature of the values of all the specified keys.",
        "JMAP",
        "    Does nothing.",
        "LOADAOF",
        "    Load the keyspace again from what is on disk: tables and the log behind them.",
        "OBJECT <key>",
        "    Show low level info about `key` and associated value.",
        "PAUSE-CRON <0|1>",
        "    Stop periodic cron job processing.",
        "PROTOCOL <type>",
        "    Reply with a test value of the specified type. <type> can be: string,",
        "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
        "    true, false.",
        "QUICKLIST-PACKED-THRESHOLD <size>",
        "    Does nothing: a large element of a list always has a node of its own.",
        "RELOAD [NOSAVE]",
        "    Make a checkpoint, unless NOSAVE is given, and load the keyspace again.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    Setting it to 0 disables expiring keys in background when they are not",
        "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
        "    default.",
        "SLEEP <seconds>",
        "    Stop the server for <seconds>. Decimals allowed.",
        "STRINGMATCH-TEST",
        "    Does nothing: patterns are matched in linear space and quadratic time.",
    ];

    [Command("debug", -2, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "1.0.0",
        Complexity = "Depends on subcommand.", Summary = "A container for debugging commands")]
    internal static void Debug(ReadContext c, RequestArgs args)
    {
        if (!IsAllowed(c))
        {
            c.Fail(NotAllowed);
            return;
        }

        ReadOnlySpan<byte> subcommand = args[1];
        if (subcommand.Is("sleep"u8) && args.Count == 3)
        {
            Sleep(c, args);
        }
        else if (subcommand.Is("set-active-expire"u8) && args.Count == 3)
        {
            c.Engine.Expiry.IsActive = RespNumber.TryParseInt64(args[2], out long on) && on != 0;
            c.Reply.Ok();
        }
        else if (subcommand.Is("reload"u8))
        {
            Reload(c, args.Slice(2), save: true);
        }
        else if (subcommand.Is("loadaof"u8) && args.Count == 2)
        {
            Reload(c, args.Slice(2), save: false);
        }
        else if (subcommand.Is("object"u8) && args.Count == 3)
        {
            ShowObject(c, new KeyRef(args[2]));
        }
        else if (subcommand.Is("digest"u8) && args.Count == 2)
        {
            DebugDigest.OfAll(c);
        }
        else if (subcommand.Is("digest-value"u8) && args.Count >= 2)
        {
            DebugDigest.OfValues(c, args.Slice(2));
        }
        else if (subcommand.Is("quicklist-packed-threshold"u8) && args.Count == 3)
        {
            PackedThreshold(c, args[2]);
        }
        else if (subcommand.Is("pause-cron"u8) && args.Count == 3)
        {
            c.Engine.Housekeeping.IsPaused = RespNumber.TryParseInt64(args[2], out long paused) && paused != 0;
            c.Reply.Ok();
        }
        else if (subcommand.Is("protocol"u8) && args.Count == 3)
        {
            DebugReplies.Protocol(c, args[2]);
        }
        else if (subcommand.Is("change-repl-id"u8) && args.Count == 2)
        {
            ServerIdentity.ChangeReplicationId();
            c.Reply.Ok();
        }
        else if (subcommand.Is("config-rewrite-force-all"u8) && args.Count == 2)
        {
            ConfigCommands.Rewrite(c, args);
        }
        else if (subcommand.Is("stringmatch-test"u8) && args.Count == 2)
        {
            c.Reply.SimpleString("Apparently Redis did not crash: test passed"u8);
        }
        else if (subcommand.Is("jmap"u8) || (subcommand.Is("set-disable-deny-scripts"u8) && args.Count == 3))
        {
            c.Reply.Ok();
        }
        else if (subcommand.Is("help"u8) && args.Count == 2)
        {
            HelpReply.Write(c, "DEBUG", HelpLines);
        }
        else
        {
            HelpReply.FailSyntax(c, "DEBUG", args);
        }
    }

    private static bool IsAllowed(ReadContext c) => c.Engine.Config.EnableDebugCommand switch
    {
        DebugCommandAccess.Yes => true,
        DebugCommandAccess.Local => RespEngine.IsLocal(c.Session.RemoteAddress),
        _ => false,
    };

    /// <summary>Nobody is served until it is over, to the exactness of the housekeeping (<c>hz</c>). What is no number is 0, as in Redis.</summary>
    private static void Sleep(ReadContext c, RequestArgs args)
    {
        double seconds = RespNumber.TryParseDouble(args[2], out double value) ? Math.Clamp(value, 0, SleepSecondsMax) : 0;
        long untilMillis = c.NowMillis + (long)(seconds * 1000);
        if (untilMillis == c.NowMillis)
        {
            c.Reply.Ok();
            return;
        }

        c.Engine.Scheduler.Pause(untilMillis, writesOnly: false);
        var work = new SlowWork(c.Engine.Commands.Find("debug"u8)!, StoredRequest.Copy(args), System.Diagnostics.Stopwatch.GetTimestamp());
        if (c.Session.RunsBlock)
        {
            // The rest of the block goes on; nobody's next command does. It counts as if it had taken its time.
            CommandRunner.MeasureSlow(c.Engine, c.Session, work, c.NowMillis, (long)(seconds * System.Diagnostics.Stopwatch.Frequency));
            c.Reply.Ok();
            return;
        }

        c.Suspend(new Suspension(static (c, _) => c.Reply.Ok(), untilMillis, Slow: work));
    }

    private static void PackedThreshold(ReadContext c, ReadOnlySpan<byte> argument)
    {
        if (MemorySize.TryParse(Encoding.Latin1.GetString(argument), out long bytes) && bytes is >= 0 and <= PackedThresholdMax)
        {
            c.Reply.Ok();
        }
        else
        {
            c.Fail("ERR argument must be a memory value bigger than 1 and smaller than 4gb");
        }
    }

    private static void Reload(ReadContext c, RequestArgs options, bool save)
    {
        for (int i = 0; i < options.Count; i++)
        {
            if (!options[i].Is("nosave"u8))
            {
                c.Fail("ERR DEBUG RELOAD only supports the NOSAVE option.");
                return;
            }

            save = false;
        }

        if (c.Engine.State == EngineState.Loading)
        {
            c.Fail(Errors.Loading);
            return;
        }

        if (c.Session.RunsBlock)
        {
            // The block's record is open: there is nothing that could be read back yet.
            c.Fail(Errors.NotInMulti);
            return;
        }

        c.Suspend(new Suspension(static (c, _) => c.Reply.Ok(), Work: c.Engine.Lifetime.ReloadAsync(save)));
    }

    private static void ShowObject(ReadContext c, in KeyRef key)
    {
        if (c.Engine.State == EngineState.Loading)
        {
            // DEBUG is answered while recovery runs, but the keyspace belongs to recovery then.
            c.Fail(Errors.Loading);
            return;
        }

        if (!c.FindUntouched(key, out Entry entry))
        {
            c.Fail(Errors.NoSuchKey);
            return;
        }

        // Values lie in slabs, so there is no address to tell. Its type and the footer are no part of what a value serializes to.
        long serializedBytes = RdbPayloadWriter.Write(c, entry).Length - 1 - RdbFormat.FooterBytes;
        uint clock = (uint)(c.Engine.AccessClock - c.IdleSeconds(entry)) & 0xFF_FFFF;
        string line = $"Value at:0x0 refcount:1 encoding:{c.EncodingName(entry)} serializedlength:{serializedBytes} lru:{clock} lru_seconds_idle:{c.IdleSeconds(entry)}";
        c.Reply.SimpleString(Encoding.ASCII.GetBytes(line));
    }
}
