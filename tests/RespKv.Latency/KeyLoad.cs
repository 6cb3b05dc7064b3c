using System.Net.Sockets;

namespace RespKv.Latency;

/// <summary>Sets the first keys, pipelined on one connection, before anything is measured.</summary>
internal static class KeyLoad
{
    /// <summary>Requests on their way at a time.</summary>
    private const int Deep = 1_000;

    private const int ReceiveBytes = 64 * 1024;

    /// <exception cref="IOException">A reply was an error, or the connection broke.</exception>
    public static void Run(Options options)
    {
        using Socket socket = LoadThread.Connect(options);
        var maker = new RequestMaker(options, seed: 0);
        var scanner = new ReplyScanner();
        byte[] requests = new byte[Deep * maker.BytesMax];
        byte[] replies = new byte[ReceiveBytes];
        for (long key = 0; key < options.Load; key += Deep)
        {
            int count = (int)Math.Min(Deep, options.Load - key);
            int length = 0;
            for (int i = 0; i < count; i++)
            {
                length += maker.Set(requests.AsSpan(length), key + i);
            }

            for (int sent = 0; sent < length;)
            {
                sent += socket.Send(requests.AsSpan(sent, length - sent));
            }

            AwaitReplies(socket, scanner, replies, count);
        }
    }

    private static void AwaitReplies(Socket socket, ReplyScanner scanner, byte[] buffer, int count)
    {
        while (count > 0)
        {
            int received = socket.Receive(buffer);
            if (received == 0)
            {
                throw new IOException("the server closed the connection while keys were loaded");
            }

            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, received);
            while (!bytes.IsEmpty)
            {
                ReplyScanner.Outcome outcome = scanner.Next(ref bytes);
                if (outcome == ReplyScanner.Outcome.Failed)
                {
                    throw new IOException($"a key could not be set: {scanner.ErrorText}");
                }

                count -= outcome == ReplyScanner.Outcome.Incomplete ? 0 : 1;
            }
        }
    }
}
