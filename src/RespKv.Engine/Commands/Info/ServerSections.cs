using System.Runtime.InteropServices;
using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.Commands.Info;

/// <summary>INFO server, clients, replication and cpu.</summary>
internal static class ServerSections
{
    private const long SecondsPerDay = 86_400;

    public static void WriteServer(ReadContext c, InfoText text)
    {
        RespEngine engine = c.Engine;
        long uptimeSeconds = Math.Max(0, c.NowMillis - engine.StartedAtMillis) / 1000;
        text.Field("redis_version", ServerIdentity.RedisVersion);
        text.Field("respkv_version", ServerIdentity.Version);
        text.Field("redis_git_sha1", "00000000");
        text.Field("redis_git_dirty", 0);
        text.Field("redis_build_id", "0");
        text.Field("redis_mode", "standalone");
        text.Field("os", $"Linux {Environment.OSVersion.Version} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}");
        text.Field("arch_bits", IntPtr.Size * 8);
        text.Field("monotonic_clock", "POSIX clock_gettime");
        text.Field("multiplexing_api", "epoll");
        text.Field("dotnet_version", Environment.Version.ToString());
        text.Field("process_id", Environment.ProcessId);
        text.Field("process_supervised", Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is null ? "no" : "systemd");
        text.Field("run_id", ServerIdentity.RunId);
        text.Field("tcp_port", engine.Config.Port);
        text.Field("server_time_usec", engine.NowMicros());
        text.Field("uptime_in_seconds", uptimeSeconds);
        text.Field("uptime_in_days", uptimeSeconds / SecondsPerDay);
        text.Field("hz", engine.Config.Hz);
        text.Field("configured_hz", engine.Config.Hz);
        text.Field("lru_clock", engine.AccessClock);
        text.Field("executable", Environment.ProcessPath ?? "");
        text.Field("config_file", engine.Config.ConfigFile ?? "");
        text.Field("io_threads_active", 0);
    }

    public static void WriteClients(ReadContext c, InfoText text)
    {
        long inputMax = 0;
        long outputMax = 0;
        foreach (Session session in c.Engine.Clients.All)
        {
            inputMax = Math.Max(inputMax, session.QueryBufferBytes);
            outputMax = Math.Max(outputMax, session.Output.HeldBytes);
        }

        text.Field("connected_clients", c.Engine.Clients.Count);
        text.Field("cluster_connections", 0);
        text.Field("maxclients", c.Engine.Config.MaxClients);
        text.Field("client_recent_max_input_buffer", inputMax);
        text.Field("client_recent_max_output_buffer", outputMax);
        text.Field("blocked_clients", c.Engine.Scheduler.BlockedCount);
        text.Field("tracking_clients", c.Engine.Tracking.ClientCount);
        text.Field("clients_in_timeout_table", c.Engine.Scheduler.DeadlineCount);
    }

    /// <summary>There is no replication yet: a primary that nobody follows, and an offset that stays 0.</summary>
    public static void WriteReplication(ReadContext c, InfoText text)
    {
        _ = c;
        text.Field("role", "master");
        text.Field("connected_slaves", 0);
        text.Field("master_failover_state", "no-failover");
        text.Field("master_replid", ServerIdentity.ReplicationId);
        text.Field("master_replid2", new string('0', ServerIdentity.ReplicationId.Length));
        text.Field("master_repl_offset", 0);
        text.Field("second_repl_offset", -1);
        text.Field("repl_backlog_active", 0);
        text.Field("repl_backlog_size", 0);
        text.Field("repl_backlog_first_byte_offset", 0);
        text.Field("repl_backlog_histlen", 0);
    }

    public static void WriteCpu(ReadContext c, InfoText text)
    {
        _ = c;
        Environment.ProcessCpuUsage usage = Environment.CpuUsage;
        text.Ratio("used_cpu_sys", usage.PrivilegedTime.TotalSeconds, "F6");
        text.Ratio("used_cpu_user", usage.UserTime.TotalSeconds, "F6");
        text.Ratio("used_cpu_sys_children", 0, "F6");
        text.Ratio("used_cpu_user_children", 0, "F6");
    }
}
