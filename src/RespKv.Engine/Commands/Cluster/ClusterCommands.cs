using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Cluster;

/// <summary>
/// CLUSTER and its relatives, as a Redis answers them that is not in cluster mode: all of them say so. Clients ask at times, to find out.
/// </summary>
[Command("cluster", -2, CommandFlags.None,
    Group = "cluster", Since = "3.0.0", Complexity = "Depends on subcommand.", Summary = "A container for cluster commands")]
internal static class ClusterCommands
{
    private const string Disabled = "ERR This instance has cluster support disabled";

    [Command("cluster|addslots", -3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(N) where N is the total number of hash slot arguments",
        Summary = "Assign new hash slots to receiving node")]
    internal static void Addslots(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|addslotsrange", -4, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "7.0.0",
        Complexity = "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
        Summary = "Assign new hash slots to receiving node")]
    internal static void Addslotsrange(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|bumpepoch", 2, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Advance the cluster config epoch", Tips = "nondeterministic_output")]
    internal static void Bumpepoch(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|count-failure-reports", 3, CommandFlags.Admin | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(N) where N is the number of failure reports",
        Summary = "Return the number of failure reports active for a given node", Tips = "nondeterministic_output")]
    internal static void CountFailureReports(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|countkeysinslot", 3, CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Return the number of local keys in the specified hash slot")]
    internal static void Countkeysinslot(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|delslots", -3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(N) where N is the total number of hash slot arguments",
        Summary = "Set hash slots as unbound in receiving node")]
    internal static void Delslots(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|delslotsrange", -4, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "7.0.0",
        Complexity = "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
        Summary = "Set hash slots as unbound in receiving node")]
    internal static void Delslotsrange(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|failover", -2, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Forces a replica to perform a manual failover of its master.")]
    internal static void Failover(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|flushslots", 2, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Delete a node's own slots information")]
    internal static void Flushslots(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|forget", 3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Remove a node from the nodes table")]
    internal static void Forget(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|getkeysinslot", 4, CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(log(N)) where N is the number of requested keys",
        Summary = "Return local key names in the specified hash slot", Tips = "nondeterministic_output")]
    internal static void Getkeysinslot(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|help", 2, CommandFlags.Loading | CommandFlags.Stale,
        Group = "cluster", Since = "5.0.0", Complexity = "O(1)", Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|info", 2, CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Provides info about Redis Cluster node state",
        Tips = "nondeterministic_output")]
    internal static void Info(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|keyslot", 3, CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(N) where N is the number of bytes in the key",
        Summary = "Returns the hash slot of the specified key")]
    internal static void Keyslot(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|links", 2, CommandFlags.Stale,
        Group = "cluster", Since = "7.0.0", Complexity = "O(N) where N is the total number of Cluster nodes",
        Summary = "Returns a list of all TCP links to and from peer nodes in cluster", Tips = "nondeterministic_output")]
    internal static void Links(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|meet", -4, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Force a node cluster to handshake with another node")]
    internal static void Meet(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|myid", 2, CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Return the node id")]
    internal static void Myid(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|nodes", 2, CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(N) where N is the total number of Cluster nodes",
        Summary = "Get Cluster config for the node", Tips = "nondeterministic_output")]
    internal static void Nodes(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|replicas", 3, CommandFlags.Admin | CommandFlags.Stale,
        Group = "cluster", Since = "5.0.0", Complexity = "O(1)", Summary = "List replica nodes of the specified master node",
        Tips = "nondeterministic_output")]
    internal static void Replicas(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|replicate", 3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Reconfigure a node as a replica of the specified master node")]
    internal static void Replicate(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|reset", -2, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0",
        Complexity = "O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a side effect.",
        Summary = "Reset a Redis Cluster node")]
    internal static void Reset(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|saveconfig", 2, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Forces the node to save cluster state on disk")]
    internal static void Saveconfig(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|set-config-epoch", 3, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Set the configuration epoch in a new node")]
    internal static void SetConfigEpoch(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|setslot", -4, CommandFlags.Admin | CommandFlags.NoAsyncLoading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Bind a hash slot to a specific node")]
    internal static void Setslot(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|shards", 2, CommandFlags.Stale,
        Group = "cluster", Since = "7.0.0", Complexity = "O(N) where N is the total number of cluster nodes",
        Summary = "Get array of cluster slots to node mappings", Tips = "nondeterministic_output")]
    internal static void Shards(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|slaves", 3, CommandFlags.Admin | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "List replica nodes of the specified master node",
        Tips = "nondeterministic_output")]
    internal static void Slaves(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("cluster|slots", 2, CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(N) where N is the total number of Cluster nodes",
        Summary = "Get array of Cluster slot to node mappings", Tips = "nondeterministic_output")]
    internal static void Slots(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("readonly", 1, CommandFlags.Fast | CommandFlags.Loading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Enables read queries for a connection to a cluster replica node",
        Categories = "connection")]
    internal static void Readonly(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("readwrite", 1, CommandFlags.Fast | CommandFlags.Loading | CommandFlags.Stale,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Disables read queries for a connection to a cluster replica node",
        Categories = "connection")]
    internal static void Readwrite(ReadContext c, RequestArgs args) => c.Fail(Disabled);

    [Command("asking", 1, CommandFlags.Fast,
        Group = "cluster", Since = "3.0.0", Complexity = "O(1)", Summary = "Sent by cluster clients after an -ASK redirect",
        Categories = "connection")]
    internal static void Asking(ReadContext c, RequestArgs args) => c.Fail(Disabled);
}
