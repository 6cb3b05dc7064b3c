using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.PubSub;

/// <summary>Publishing. Nothing of it is logged; the messages wait for what was appended before them (<see cref="Engine.PubSub.Pusher"/>).</summary>
internal static class PublishCommands
{
    private const CommandFlags Flags = CommandFlags.PubSub | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.MayReplicate;

    [Command("publish", 3, Flags, Group = "pubsub", Since = "2.0.0",
        Complexity = "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns "
        + "(by any client).",
        Summary = "Post a message to a channel", Syntax = "channel message")]
    internal static void Publish(ReadContext c, RequestArgs args) => c.Reply.Integer(c.Engine.PubSub.Publish(args[1], args[2]));

    [Command("spublish", 3, Flags, Keys = "1,1,1 not_key", Group = "pubsub", Since = "7.0.0",
        Complexity = "O(N) where N is the number of clients subscribed to the receiving shard channel.",
        Summary = "Post a message to a shard channel", Syntax = "shardchannel message")]
    internal static void SPublish(ReadContext c, RequestArgs args) => c.Reply.Integer(c.Engine.PubSub.PublishToShard(args[1], args[2]));
}
