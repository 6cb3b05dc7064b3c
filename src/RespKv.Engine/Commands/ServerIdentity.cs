using System.Reflection;
using System.Security.Cryptography;

namespace RespKv.Engine.Commands;

/// <summary>What the server says it is.</summary>
internal static class ServerIdentity
{
    /// <summary>
    /// The Redis version whose commands, replies and error texts this server follows. Clients decide by it what they may send, so it stands
    /// where they look for Redis's version; <see cref="Version"/> is our own.
    /// </summary>
    public const string RedisVersion = "7.0.15";

    /// <summary>Version of this server (INFO respkv_version).</summary>
    public static string Version { get; } = OwnVersion();

    /// <summary>40 random hexadecimal digits, new for every process: tells a restart from a reconnect (INFO run_id).</summary>
    public static string RunId { get; } = NewId();

    /// <summary>40 random hexadecimal digits: the history that replicas would follow (INFO master_replid).</summary>
    public static string ReplicationId { get; private set; } = NewId();

    public static void ChangeReplicationId() => ReplicationId = NewId();

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    private static string OwnVersion()
    {
        string version = typeof(ServerIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        int build = version.IndexOf('+');
        return build < 0 ? version : version[..build];
    }
}
