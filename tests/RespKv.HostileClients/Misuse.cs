using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RespKv.TestKit.Server;

namespace RespKv.HostileClients;

/// <summary>What a case works with: a server, how much of everything, and clients that are let go at its end.</summary>
internal sealed class Misuse(TestServer server, bool isShort, int port) : IDisposable
{
    /// <summary>Many connections at once overflow the backlog of a busy server, and a lost SYN costs a second.</summary>
    private const int ConnectingMax = 64;

    private const int SendPieceBytes = 16 * 1024;

    /// <summary>Files that are no client's.</summary>
    private const int ReservedFiles = 256;

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(60);

    private readonly List<Socket> _sockets = [];

    public TestServer Server => server;

    /// <summary>Of a count that the full run has.</summary>
    public int Scaled(int full) => isShort ? Math.Max(1, full / 10) : full;

    /// <summary>The same for a size, in whole KiB.</summary>
    public int ScaledBytes(long full) => (int)(isShort ? full / 10 / 1024 * 1024 : full);

    /// <summary>Connections that this process may open: the limit of open files, but for its own.</summary>
    public int FilesAllowed { get; } = FileLimit() - ReservedFiles;

    /// <summary>All connections so far.</summary>
    public IReadOnlyList<Socket> All
    {
        get
        {
            lock (_sockets)
            {
                return [.. _sockets];
            }
        }
    }

    /// <summary>How long clients keep at it.</summary>
    public TimeSpan Time => isShort ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(10);

    /// <summary>Something that the table should say beside its figures.</summary>
    public string Remark { get; set; } = "";

    public static byte[] Request(params string[] words) => RawClient.Encode(words);

    public static byte[] Text(string latin1) => Encoding.Latin1.GetBytes(latin1);

    /// <summary>A pipeline of the same request.</summary>
    public static byte[] Repeat(byte[] request, int times)
    {
        byte[] all = new byte[request.Length * times];
        for (int i = 0; i < times; i++)
        {
            request.CopyTo(all, i * request.Length);
        }

        return all;
    }

    public async Task<Socket> ConnectAsync(int receiveBytes = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        lock (_sockets)
        {
            _sockets.Add(socket);
        }

        if (receiveBytes > 0)
        {
            socket.ReceiveBufferSize = receiveBytes;
        }

        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    public async Task<IReadOnlyList<Socket>> ConnectAllAsync(int count)
    {
        var sockets = new Socket[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = ConnectingMax }, async (i, _) => sockets[i] = await ConnectAsync());
        return sockets;
    }

    /// <summary>Sends all of it, or as much as the server takes before it closes the connection. True when all was taken.</summary>
    public static async Task<bool> SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        using var timeout = new CancellationTokenSource(SendTimeout);
        try
        {
            while (!bytes.IsEmpty)
            {
                int sent = await socket.SendAsync(bytes, timeout.Token);
                bytes = bytes[sent..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new NotServedException($"the server takes nothing for {SendTimeout.TotalSeconds} s");
        }
    }

    /// <summary>Sends as much as the server takes within a time.</summary>
    public static async Task<long> SendWhileTakenAsync(Socket socket, ReadOnlyMemory<byte> bytes, TimeSpan time)
    {
        using var timeout = new CancellationTokenSource(time);
        long total = 0;
        try
        {
            while (total < bytes.Length)
            {
                // In pieces: of a call that is given up it is not told how much was taken.
                int piece = (int)Math.Min(SendPieceBytes, bytes.Length - total);
                total += await socket.SendAsync(bytes.Slice((int)total, piece), timeout.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Held back, or cut: both are what is asked for.
        }

        return total;
    }

    /// <summary>What the server says until it closes the connection, or has said nothing for a while.</summary>
    public static async Task<string> ReadTextAsync(Socket socket, int bytesMax = 4096)
    {
        byte[] buffer = new byte[bytesMax];
        using var timeout = new CancellationTokenSource(SendTimeout);
        int length = 0;
        try
        {
            while (length < bytesMax)
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(length), timeout.Token);
                length += read;
                if (read == 0 || buffer.AsSpan(0, length).EndsWith("\r\n"u8))
                {
                    break;
                }
            }
        }
        catch (SocketException)
        {
            // Closed with a reset: bytes of the client were still unread.
        }

        return Encoding.Latin1.GetString(buffer, 0, length);
    }

    /// <summary>Reads until the server closes the connection. Returns the bytes.</summary>
    public static async Task<long> DrainAsync(Socket socket)
    {
        byte[] buffer = new byte[SendPieceBytes];
        long total = 0;
        int read;
        while ((read = await socket.ReceiveAsync(buffer)) > 0)
        {
            total += read;
        }

        return total;
    }

    /// <summary>A number of INFO.</summary>
    public async Task<long> InfoAsync(string section, string field)
    {
        using RawClient client = await server.ConnectAsync();
        string text = (await client.CallAsync("INFO", section)).Text;
        string line = text.Split("\r\n").First(line => line.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line[(field.Length + 1)..], CultureInfo.InvariantCulture);
    }

    // The runtime has raised the soft limit to the hard one at start.
    private static int FileLimit()
    {
        const string Line = "Max open files";
        string text = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(Line, StringComparison.Ordinal));
        return int.TryParse(text[Line.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture, out int limit) ? limit : int.MaxValue;
    }

    public void Dispose()
    {
        lock (_sockets)
        {
            _sockets.ForEach(socket => socket.Dispose());
        }
    }
}
