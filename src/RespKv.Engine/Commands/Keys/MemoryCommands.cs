using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Keys;

/// <summary>MEMORY: what keys cost.</summary>
[Command("memory", -2, CommandFlags.None, Group = "server", Since = "4.0.0", Complexity = "Depends on subcommand.",
    Summary = "A container for memory diagnostics commands")]
internal static class MemoryCommands
{
    [Command("memory|usage", -3, CommandFlags.ReadOnly, Keys = "2,2,1 RO", Group = "server", Since = "4.0.0",
        Complexity = "O(N) where N is the number of samples.", Summary = "Estimate the memory usage of a key", Syntax = "key [SAMPLES count]")]
    internal static void Usage(ReadContext c, RequestArgs args)
    {
        if (!TakesSamples(c, args))
        {
            return;
        }

        if (c.FindUntouched(new KeyRef(args[2]), out Entry entry))
        {
            c.Reply.Integer(c.MemoryBytes(entry));
        }
        else
        {
            c.Reply.Null();
        }
    }

    [Command("memory|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "4.0.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args) => HelpReply.Write(
        c,
        "MEMORY",
        [
            "DOCTOR",
            "    Return memory problems reports.",
            "MALLOC-STATS",
            "    Return internal statistics report from the memory allocator.",
            "PURGE",
            "    Attempt to purge dirty pages for reclamation by the allocator.",
            "STATS",
            "    Return information about the memory usage of the server.",
            "USAGE <key> [SAMPLES <count>]",
            "    Return memory in bytes used by <key> and its value. Nested values are",
            "    sampled up to <count> times (default: 5, 0 means sample all).",
        ]);

    /// <summary>Strings are measured, not sampled, but the option is checked. False: the error has been replied.</summary>
    private static bool TakesSamples(ReadContext c, RequestArgs args)
    {
        for (int i = 3; i < args.Count; i += 2)
        {
            long samples = -1;
            bool isSamples = args[i].Is("samples"u8) && i + 1 < args.Count;
            if (isSamples && !ArgumentParsing.TryInteger(c, args[i + 1], out samples))
            {
                return false;
            }

            if (samples < 0)
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }
}
