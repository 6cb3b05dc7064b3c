using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RespKv.Protocol;

namespace RespKv.TestKit.Server;

/// <summary>
/// A client that sends exactly the bytes a test says and reads replies one by one. Strings are Latin-1, so any byte can be written.
/// One caller at a time.
/// </summary>
public sealed class RawClient : IDisposable
{
    private const int BufferBytesMin = 64 * 1024;

    private readonly Socket _socket;
    private byte[] _buffer = new byte[BufferBytesMin];
    private int _start;
    private int _end;

    private RawClient(Socket socket) => _socket = socket;

    public static async Task<RawClient> ConnectAsync(EndPoint endPoint, int receiveBytes = 0)
    {
        bool unix = endPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (!unix)
            {
                socket.NoDelay = true;
            }

            if (receiveBytes > 0)
            {
                socket.ReceiveBufferSize = receiveBytes;
            }

            await socket.ConnectAsync(endPoint);
            return new RawClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static Task<RawClient> ConnectAsync(int port) => ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    public static byte[] Encode(params string[] args)
    {
        using var bytes = new MemoryStream();
        AppendTo(bytes, [.. args.Select(Encoding.Latin1.GetBytes)]);
        return bytes.ToArray();
    }

    /// <summary>Appends one request.</summary>
    public static void AppendTo(Stream destination, params byte[][] args)
    {
        destination.Write(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*{args.Length}\r\n")));
        foreach (byte[] arg in args)
        {
            destination.Write(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${arg.Length}\r\n")));
            destination.Write(arg);
            destination.Write("\r\n"u8);
        }
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Poll.Deadline);
        while (!bytes.IsEmpty)
        {
            int sent = await _socket.SendAsync(bytes, deadline.Token);
            bytes = bytes[sent..];
        }
    }

    public Task SendRawAsync(string latin1) => SendRawAsync(Encoding.Latin1.GetBytes(latin1));

    public Task SendAsync(params string[] args) => SendRawAsync(Encode(args));

    /// <summary>Says that nothing more will be sent; replies can still be read.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Sends a request and waits for its reply.</summary>
    public async Task<RespValue> CallAsync(params string[] args)
    {
        await SendAsync(args);
        return await ReadAsync();
    }

    /// <summary>The next reply, error replies included.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    public async Task<RespValue> ReadAsync()
        => await TryReadAsync() ?? throw new EndOfStreamException($"The connection was closed after {_end - _start} bytes of a reply.");

    /// <summary>The next reply; null when the server closed the connection first, in whichever way.</summary>
    public async Task<RespValue?> TryReadAsync()
    {
        while (true)
        {
            if (_end > _start && RespReplyReader.TryRead(_buffer.AsSpan(_start, _end - _start), out RespValue? value, out int consumed))
            {
                _start += consumed;
                return value;
            }

            if (!await FillAsync())
            {
                return null;
            }
        }
    }

    /// <summary>Reads and drops everything until the server closes the connection. Returns the number of bytes.</summary>
    public async Task<long> DrainAsync()
    {
        long bytes = _end - _start;
        do
        {
            _start = _end = 0;
            if (!await FillAsync())
            {
                return bytes;
            }

            bytes += _end;
        }
        while (true);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> FillAsync()
    {
        MakeRoom();
        using var deadline = new CancellationTokenSource(Poll.Deadline);
        try
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), deadline.Token);
            _end += read;
            return read > 0;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No byte came within {Poll.Deadline.TotalSeconds} s.");
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        byte[] source = _buffer;
        int length = _end - _start;
        if (length > _buffer.Length / 2)
        {
            _buffer = new byte[_buffer.Length * 2];
        }

        Buffer.BlockCopy(source, _start, _buffer, 0, length);
        (_start, _end) = (0, length);
    }
}
