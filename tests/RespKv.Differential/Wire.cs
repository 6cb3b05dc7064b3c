using System.Net;
using System.Net.Sockets;
using RespKv.TestKit.Server;

namespace RespKv.Differential;

/// <summary>A connection that sends many requests at once and reads their replies.</summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    private Wire(Socket socket)
    {
        _socket = socket;
    }

    public static async Task<Wire> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return new Wire(socket);
    }

    /// <summary>Replies to all of the commands. Fewer when the server has closed the connection.</summary>
    public async Task<IReadOnlyList<Reply>> RunAsync(IEnumerable<string[]> commands)
    {
        using var requests = new MemoryStream();
        string[][] sent = [.. commands];
        foreach (string[] command in sent)
        {
            RawClient.AppendTo(requests, [.. command.Select(System.Text.Encoding.Latin1.GetBytes)]);
        }

        Task sending = SendAsync(requests.ToArray());
        var replies = new List<Reply>();
        while (replies.Count < sent.Length)
        {
            if (Reply.TryRead(_buffer.AsSpan(0, _end), ref _start, out Reply reply))
            {
                replies.Add(reply);
            }
            else if (!await FillAsync(sent[replies.Count]))
            {
                return replies;
            }
        }

        await sending;
        return replies;
    }

    public async Task<Reply> CallAsync(params string[] command) => (await RunAsync([command]))[0];

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    private async Task<bool> FillAsync(string[] awaited)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        using var deadline = new CancellationTokenSource(Poll.Deadline);
        try
        {
            int count = await _socket.ReceiveAsync(_buffer.AsMemory(_end), deadline.Token);
            _end += count;
            return count > 0;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no reply of port {((IPEndPoint)_socket.RemoteEndPoint!).Port} to {Reply.Printable(string.Join(' ', awaited))}");
        }
    }
}
