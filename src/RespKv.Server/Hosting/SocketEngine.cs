using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using RespKv.Engine.Configuration;

namespace RespKv.Server.Hosting;

/// <summary>
/// How sockets are driven (docs/ARCHITECTURE.md, decision 8): everything of a connection runs inline on the one event thread, from
/// epoll through the command to the send. So nothing on that path may block.
/// </summary>
internal static class SocketEngine
{
    /// <summary>Input that is read ahead of the parser. A pipeline of a thousand small commands fits; more waits in the kernel, where it keeps nobody from being served.</summary>
    private const long ReadAheadBytesMax = 64 * 1024;

    /// <summary>Output that waits in the transport before the connection counts as slow; what is behind it is bounded by client-output-buffer-limit.</summary>
    private const long WriteBehindBytesMax = 64 * 1024;

    /// <summary>
    /// The runtime reads these once, when the first socket is created: call before that. What the operator has set stays.
    /// </summary>
    public static void SetEnvironment()
    {
        SetDefault("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS");

        // With inline completions the runtime would start an event thread per core; they would take turns at the engine's lock.
        SetDefault("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT");
    }

    public static void Configure(SocketTransportOptions options, ServerConfig config, ListenSockets sockets)
    {
        // Inline scheduling for both directions; without it completions would go through the thread pool after all.
        options.UnsafePreferInlineScheduling = true;

        // Queues only choose a scheduler, which is inline, and a memory pool, of which one is enough.
        options.IOQueueCount = 0;

        // An idle connection holds no buffer.
        options.WaitForDataBeforeAllocatingBuffer = true;
        options.NoDelay = true;
        options.Backlog = config.TcpBacklog;
        options.MaxReadBufferSize = ReadAheadBytesMax;
        options.MaxWriteBufferSize = WriteBehindBytesMax;
        options.CreateBoundListenSocket = sockets.Take;
    }

    private static void SetDefault(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is null)
        {
            Environment.SetEnvironmentVariable(variable, "1");
        }
    }
}
