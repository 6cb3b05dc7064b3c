using System.Net.Sockets;
using System.Text;

namespace RespKv.Hosting;

/// <summary>
/// Tells systemd where the service is (sd_notify(3)): one datagram to the socket that NOTIFY_SOCKET names. Without the variable,
/// or when systemd does not listen, nothing happens. For units with Type=notify.
/// </summary>
internal sealed class SystemdNotifier(string? socketPath)
{
    public const string Variable = "NOTIFY_SOCKET";

    public void Ready() => Send("READY=1\nSTATUS=Ready to accept connections");

    public void Recovering() => Send("STATUS=Recovering the data directory");

    public void Stopping() => Send("STOPPING=1\nSTATUS=Finishing accepted writes");

    private void Send(string state)
    {
        if (string.IsNullOrEmpty(socketPath))
        {
            return;
        }

        try
        {
            // An @ in front stands for the zero byte of Linux's abstract socket names.
            string path = socketPath[0] == '@' ? "\0" + socketPath[1..] : socketPath;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The service runs as well without its supervisor's ear.
        }
    }
}
