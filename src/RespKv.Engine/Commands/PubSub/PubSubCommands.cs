using RespKv.Engine.Execution;
using RespKv.Engine.PubSub;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.PubSub;

/// <summary>PUBSUB: which channels there are, and how many listen.</summary>
[Command("pubsub", -2, CommandFlags.None, Group = "pubsub", Since = "2.8.0", Complexity = "Depends on subcommand.",
    Summary = "A container for Pub/Sub commands")]
internal static class PubSubCommands
{
    private static readonly string[] HelpLines =
    [
        "CHANNELS [<pattern>]",
        "    Return the currently active channels matching a <pattern> (default: '*').",
        "NUMPAT",
        "    Return number of subscriptions to patterns.",
        "NUMSUB [<channel> ...]",
        "    Return the number of subscribers for the specified channels, excluding",
        "    pattern subscriptions(default: no channels).",
        "SHARDCHANNELS [<pattern>]",
        "    Return the currently active shard level channels matching a <pattern> (default: '*').",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Return the number of subscribers for the specified shard level channel(s)",
    ];

    private const CommandFlags Flags = CommandFlags.PubSub | CommandFlags.Loading | CommandFlags.Stale;

    [Command("pubsub|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "pubsub", Since = "6.2.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args)
    {
        _ = args;
        HelpReply.Write(c, "PUBSUB", HelpLines);
    }

    [Command("pubsub|channels", -2, Flags, Group = "pubsub", Since = "2.8.0",
        Complexity = "O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)",
        Summary = "List active channels", Syntax = "[pattern]")]
    internal static void Channels(ReadContext c, RequestArgs args) => List(c, args, ChannelKind.Channel);

    [Command("pubsub|shardchannels", -2, Flags, Group = "pubsub", Since = "7.0.0",
        Complexity = "O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).",
        Summary = "List active shard channels", Syntax = "[pattern]")]
    internal static void ShardChannels(ReadContext c, RequestArgs args) => List(c, args, ChannelKind.Shard);

    [Command("pubsub|numpat", 2, Flags, Group = "pubsub", Since = "2.8.0", Complexity = "O(1)",
        Summary = "Get the count of unique patterns pattern subscriptions")]
    internal static void NumPat(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Reply.Integer(c.Engine.PubSub.Of(ChannelKind.Pattern).Count);
    }

    [Command("pubsub|numsub", -2, Flags, Group = "pubsub", Since = "2.8.0",
        Complexity = "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
        Summary = "Get the count of subscribers for channels", Syntax = "[channel [channel ...]]")]
    internal static void NumSub(ReadContext c, RequestArgs args) => Count(c, args, ChannelKind.Channel);

    [Command("pubsub|shardnumsub", -2, Flags, Group = "pubsub", Since = "7.0.0",
        Complexity = "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
        Summary = "Get the count of subscribers for shard channels", Syntax = "[shardchannel [shardchannel ...]]")]
    internal static void ShardNumSub(ReadContext c, RequestArgs args) => Count(c, args, ChannelKind.Shard);

    private static void List(ReadContext c, RequestArgs args, ChannelKind kind)
    {
        if (args.Count > 3)
        {
            HelpReply.FailSyntax(c, "PUBSUB", args);
            return;
        }

        var matching = new List<byte[]>();
        foreach (Channel channel in c.Engine.PubSub.Of(kind).All)
        {
            if (args.Count == 2 || GlobPattern.Matches(args[2], channel.Name))
            {
                matching.Add(channel.Name);
            }
        }

        c.Reply.ArrayHeader(matching.Count);
        foreach (byte[] name in matching)
        {
            c.Reply.Bulk(name);
        }
    }

    private static void Count(ReadContext c, RequestArgs args, ChannelKind kind)
    {
        c.Reply.ArrayHeader(2 * (args.Count - 2));
        for (int i = 2; i < args.Count; i++)
        {
            c.Reply.Bulk(args[i]);
            c.Reply.Integer(c.Engine.PubSub.Of(kind).Find(args[i])?.Subscribers.Count ?? 0);
        }
    }
}
