using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.Commands.Connection;

/// <summary>Kinds of clients that CLIENT LIST and CLIENT KILL tell apart.</summary>
internal enum ClientTypeKind
{
    Normal,
    Master,
    Replica,
    PubSub,
}

/// <summary>Reads a <see cref="ClientTypeKind"/>.</summary>
internal static class ClientType
{
    /// <summary>There are no replicas; a monitor is a normal client, as in Redis.</summary>
    public static ClientTypeKind Of(Session session) => session.IsSubscriber ? ClientTypeKind.PubSub : ClientTypeKind.Normal;

    /// <summary>False: the error has been replied.</summary>
    public static bool TryParse(CommandContext c, ReadOnlySpan<byte> argument, out ClientTypeKind type)
    {
        type = ClientTypeKind.Normal;
        if (argument.Is("normal"u8))
        {
            return true;
        }

        if (argument.Is("replica"u8) || argument.Is("slave"u8))
        {
            type = ClientTypeKind.Replica;
            return true;
        }

        if (argument.Is("pubsub"u8))
        {
            type = ClientTypeKind.PubSub;
            return true;
        }

        if (argument.Is("master"u8))
        {
            type = ClientTypeKind.Master;
            return true;
        }

        c.Fail($"ERR Unknown client type '{ArgumentText.Shorten(argument)}'");
        return false;
    }
}
