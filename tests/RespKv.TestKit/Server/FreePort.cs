using System.Net;
using System.Net.Sockets;

namespace RespKv.TestKit.Server;

/// <summary>
/// Loopback ports for servers. Below the range that the kernel takes ports of outgoing connections from: a server that is restarted
/// on its port finds it free again, whatever clients did in between.
/// </summary>
public static class FreePort
{
    private const int First = 12_000;
    private const int Last = 31_999;

    private static int _next = First + (Environment.ProcessId * 97 % (Last - First));

    public static int Take()
    {
        for (int tries = First; tries <= Last; tries++)
        {
            int port = First + ((Interlocked.Increment(ref _next) - First) % (Last - First + 1));
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free port between {First} and {Last}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
