using System.Net;
using System.Net.Sockets;
using RespKv.Protocol;

namespace RespKv.RealInput;

/// <summary>Passes one connection on to the server, and reads the replies that come back.</summary>
internal static class ReplyRelay
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Ends when either side has closed. Returns the first reply to a record that was not OK, null when there was none.</summary>
    public static async Task<string?> RunAsync(TcpListener listener, int port, int records, Acknowledgements acknowledgements)
    {
        using Socket client = await listener.AcceptSocketAsync();
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await server.ConnectAsync(IPAddress.Loopback, port);
        Task requests = PumpRequestsAsync(client, server);
        string? refused = await PumpRepliesAsync(server, client, records, acknowledgements);

        // The other direction ends with the sockets.
        client.Close();
        server.Close();
        await requests;
        return refused;
    }

    private static async Task PumpRequestsAsync(Socket client, Socket server)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            while (await client.ReceiveAsync(buffer) is int read && read > 0)
            {
                await SendAllAsync(server, buffer.AsMemory(0, read));
            }

            server.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two is gone; the replies that still come are read nevertheless.
        }
    }

    private static async Task<string?> PumpRepliesAsync(Socket server, Socket client, int records, Acknowledgements acknowledgements)
    {
        byte[] buffer = new byte[BufferBytes];
        int kept = 0;
        int replies = 0;
        string? refused = null;
        bool clientReads = true;
        try
        {
            while (await server.ReceiveAsync(buffer.AsMemory(kept)) is int read && read > 0)
            {
                int start = 0;
                while (RespReplyReader.TryRead(buffer.AsSpan(start, kept + read - start), out RespValue? reply, out int consumed))
                {
                    start += consumed;
                    if (replies < records && reply.Text == "OK")
                    {
                        acknowledgements.Mark(replies);
                    }
                    else if (replies < records)
                    {
                        refused ??= reply.Text;
                    }

                    replies++;
                }

                clientReads = clientReads && await TrySendAllAsync(client, buffer.AsMemory(kept, read));
                kept = kept + read - start;
                buffer.AsSpan(start, kept).CopyTo(buffer);
            }
        }
        catch (SocketException)
        {
            // The server was killed: what it had sent before has been read.
        }

        return refused;
    }

    private static async Task<bool> TrySendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAllAsync(socket, bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int sent = await socket.SendAsync(bytes);
            bytes = bytes[sent..];
        }
    }
}
