using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Server;

/// <summary>REPLICAOF and FAILOVER of a server that has no replication: it follows nobody and nobody follows it.</summary>
internal static class ReplicationCommands
{
    [Command("replicaof", 3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.NoScript | CommandFlags.Stale,
        Group = "server", Since = "5.0.0", Complexity = "O(1)", Summary = "Make the server a replica of another instance, or promote it as master.")]
    internal static void ReplicaOf(ReadContext c, RequestArgs args) => Follow(c, args);

    [Command("slaveof", 3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.NoScript | CommandFlags.Stale,
        Group = "server", Since = "1.0.0", Complexity = "O(1)", Summary = "Make the server a replica of another instance, or promote it as master.")]
    internal static void SlaveOf(ReadContext c, RequestArgs args) => Follow(c, args);

    [Command("failover", -1, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Stale,
        Group = "server", Since = "6.2.0", Complexity = "O(1)",
        Summary = "Start a coordinated failover between this server and one of its replicas.")]
    internal static void Failover(ReadContext c, RequestArgs args) => c.Fail("ERR FAILOVER requires connected replicas.");

    private static void Follow(ReadContext c, RequestArgs args)
    {
        if (args[1].Is("no"u8) && args[2].Is("one"u8))
        {
            c.Reply.Ok();
        }
        else
        {
            c.Fail("ERR there is no replication: only NO ONE can be followed");
        }
    }
}
