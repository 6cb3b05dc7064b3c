using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Introspection;

/// <summary>COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of a command that is given in full.</summary>
internal static class CommandKeysCommands
{
    /// <summary>Where the other command's arguments begin.</summary>
    private const int CommandStart = 2;

    [Command("command|getkeys", -4, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "2.8.13",
        Complexity = "O(N) where N is the number of arguments to the command", Summary = "Extract keys given a full Redis command",
        Categories = "connection")]
    internal static void GetKeys(ReadContext c, RequestArgs args)
    {
        RequestArgs command = args.Slice(CommandStart);
        if (!TryFindKeys(c, command, out List<FoundKey> keys))
        {
            return;
        }

        c.Reply.ArrayHeader(keys.Count);
        foreach (FoundKey key in keys)
        {
            c.Reply.Bulk(command[key.Position]);
        }
    }

    [Command("command|getkeysandflags", -4, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "7.0.0",
        Complexity = "O(N) where N is the number of arguments to the command", Summary = "Extract keys and access flags given a full Redis command",
        Categories = "connection")]
    internal static void GetKeysAndFlags(ReadContext c, RequestArgs args)
    {
        RequestArgs command = args.Slice(CommandStart);
        if (!TryFindKeys(c, command, out List<FoundKey> keys))
        {
            return;
        }

        c.Reply.ArrayHeader(keys.Count);
        foreach (FoundKey key in keys)
        {
            c.Reply.ArrayHeader(2);
            c.Reply.Bulk(command[key.Position]);
            CommandInfoReply.WriteStatuses(c.Reply, key.Flags);
        }
    }

    private static bool TryFindKeys(ReadContext c, RequestArgs command, out List<FoundKey> keys)
    {
        keys = [];
        CommandEntry? entry = c.Engine.Commands.Find(command[0], command[1]);
        if (entry is null)
        {
            c.Fail("ERR Invalid command specified");
            return false;
        }

        if (!CommandKeys.MayHave(entry))
        {
            c.Fail("ERR The command has no key arguments");
            return false;
        }

        if (!entry.Takes(command.Count))
        {
            c.Fail("ERR Invalid number of arguments specified for command");
            return false;
        }

        if (!CommandKeys.TryFind(entry, command, keys) && !entry.Has(CommandFlags.NoMandatoryKeys))
        {
            c.Fail("ERR Invalid arguments specified for command");
            return false;
        }

        return true;
    }
}
