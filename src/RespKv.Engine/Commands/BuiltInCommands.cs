using RespKv.Engine.Commands.Bitmaps;
using RespKv.Engine.Commands.Cluster;
using RespKv.Engine.Commands.Connection;
using RespKv.Engine.Commands.Geo;
using RespKv.Engine.Commands.Hashes;
using RespKv.Engine.Commands.HyperLogLogs;
using RespKv.Engine.Commands.Info;
using RespKv.Engine.Commands.Introspection;
using RespKv.Engine.Commands.Keys;
using RespKv.Engine.Commands.Lists;
using RespKv.Engine.Commands.PubSub;
using RespKv.Engine.Commands.Security;
using RespKv.Engine.Commands.Server;
using RespKv.Engine.Commands.Sets;
using RespKv.Engine.Commands.SortedSets;
using RespKv.Engine.Commands.Sorting;
using RespKv.Engine.Commands.Strings;
using RespKv.Engine.Commands.Transactions;

namespace RespKv.Engine.Commands;

/// <summary>The classes that hold command handlers: the only list to extend for a new one.</summary>
internal static class BuiltInCommands
{
    public static CommandTable Create() => new CommandTable()
        .Add(typeof(StringCommands))
        .Add(typeof(StringRangeCommands))
        .Add(typeof(NumberCommands))
        .Add(typeof(LcsCommand))
        .Add(typeof(ListCommands))
        .Add(typeof(ListSearchCommands))
        .Add(typeof(ListMoveCommands))
        .Add(typeof(ListPopCommands))
        .Add(typeof(HashReadCommands))
        .Add(typeof(HashWriteCommands))
        .Add(typeof(HashWalkCommands))
        .Add(typeof(SetMemberCommands))
        .Add(typeof(SetRandomCommands))
        .Add(typeof(SetAlgebraCommands))
        .Add(typeof(SortCommands))
        .Add(typeof(BitCommands))
        .Add(typeof(BitOpCommand))
        .Add(typeof(BitFieldCommands))
        .Add(typeof(HllCommands))
        .Add(typeof(HllDebugCommands))
        .Add(typeof(KeyCommands))
        .Add(typeof(KeyTransferCommands))
        .Add(typeof(DumpCommands))
        .Add(typeof(KeyWalkCommands))
        .Add(typeof(KeyRangeCommand))
        .Add(typeof(ExpiryCommands))
        .Add(typeof(DatabaseCommands))
        .Add(typeof(ObjectCommands))
        .Add(typeof(MemoryCommands))
        .Add(typeof(SortedSetAddCommands))
        .Add(typeof(SortedSetRemoveCommands))
        .Add(typeof(SortedSetReadCommands))
        .Add(typeof(SortedSetRangeCommands))
        .Add(typeof(SortedSetPopCommands))
        .Add(typeof(SortedSetBlockingCommands))
        .Add(typeof(SortedSetAlgebraCommands))
        .Add(typeof(SortedSetWalkCommands))
        .Add(typeof(GeoMemberCommands))
        .Add(typeof(GeoSearchCommands))
        .Add(typeof(TransactionCommands))
        .Add(typeof(ConnectionCommands))
        .Add(typeof(Authentication))
        .Add(typeof(HelloCommand))
        .Add(typeof(ClientCommands))
        .Add(typeof(ClientTrackingCommands))
        .Add(typeof(ClientListCommands))
        .Add(typeof(ClientKill))
        .Add(typeof(ClientPauseCommands))
        .Add(typeof(CommandCommands))
        .Add(typeof(CommandKeysCommands))
        .Add(typeof(SubscribeCommands))
        .Add(typeof(PublishCommands))
        .Add(typeof(PubSubCommands))
        .Add(typeof(MonitorCommand))
        .Add(typeof(InfoCommand))
        .Add(typeof(ConfigCommands))
        .Add(typeof(TimeCommands))
        .Add(typeof(CheckpointCommands))
        .Add(typeof(BackupCommand))
        .Add(typeof(ShutdownCommand))
        .Add(typeof(WaitCommands))
        .Add(typeof(SlowLogCommands))
        .Add(typeof(LatencyCommands))
        .Add(typeof(LatencyReports))
        .Add(typeof(MemoryReports))
        .Add(typeof(DebugCommand))
        .Add(typeof(LolwutCommand))
        .Add(typeof(ModuleCommands))
        .Add(typeof(ReplicationCommands))
        .Add(typeof(ClusterCommands))
        .Add(typeof(AclUserCommands))
        .Add(typeof(AclFileCommands))
        .Add(typeof(AclQueryCommands))
        .Build();
}
