using System.Globalization;
using System.Net.Sockets;
using System.Text;
using RespKv.Protocol;

namespace RespKv.Tool.Backup;

/// <summary>A client of a running server: one request, one reply. Not thread safe.</summary>
internal sealed class ServerConnection : IDisposable
{
    /// <summary>A checkpoint stands before the first reply of a backup: it may take a while, but not for ever.</summary>
    private const int TimeoutMillis = 10 * 60 * 1000;

    private const int BufferBytesInitial = 64 << 10;

    private readonly Stream _stream;
    private readonly IDisposable? _owner;
    private byte[] _buffer = new byte[BufferBytesInitial];
    private int _count;

    internal ServerConnection(Stream stream, IDisposable? owner = null)
    {
        _stream = stream;
        _owner = owner;
    }

    /// <exception cref="ToolException">Nobody answers there.</exception>
    internal static ServerConnection Open(string host, int port)
    {
        var client = new TcpClient { NoDelay = true, ReceiveTimeout = TimeoutMillis, SendTimeout = TimeoutMillis };
        try
        {
            client.Connect(host, port);
            return new ServerConnection(client.GetStream(), client);
        }
        catch (SocketException e)
        {
            client.Dispose();
            throw new ToolException($"{host}:{port}: {e.Message}");
        }
    }

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <exception cref="ToolException">The server refused, or the connection broke.</exception>
    internal RespValue Call(params string[] arguments)
    {
        RespValue reply = Send(arguments);
        return reply.IsError ? throw new ToolException($"{Shown(arguments)}: the server says: {reply.Text}") : reply;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _owner?.Dispose();
    }

    // Never a password in a message.
    private static string Shown(string[] arguments) => string.Join(' ', arguments.Take(arguments[0] == "AUTH" ? 1 : 2));

    private RespValue Send(string[] arguments)
    {
        var request = new StringBuilder();
        request.Append(CultureInfo.InvariantCulture, $"*{arguments.Length}\r\n");
        foreach (string argument in arguments)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(argument)}\r\n{argument}\r\n");
        }

        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(request.ToString()));
            return Receive();
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            throw new ToolException($"{Shown(arguments)}: {e.Message}");
        }
        catch (InvalidDataException e)
        {
            throw new ToolException($"{Shown(arguments)}: {e.Message}");
        }
    }

    private RespValue Receive()
    {
        while (true)
        {
            if (_count > 0 && RespReplyReader.TryRead(_buffer.AsSpan(0, _count), out RespValue? value, out int consumed))
            {
                _buffer.AsSpan(consumed, _count - consumed).CopyTo(_buffer);
                _count -= consumed;
                return value;
            }

            if (_count == _buffer.Length)
            {
                Array.Resize(ref _buffer, checked(_buffer.Length * 2));
            }

            int read = _stream.Read(_buffer, _count, _buffer.Length - _count);
            if (read == 0)
            {
                throw new ToolException("the server closed the connection");
            }

            _count += read;
        }
    }
}
