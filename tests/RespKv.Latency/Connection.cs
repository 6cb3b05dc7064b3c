using System.Net.Sockets;

namespace RespKv.Latency;

/// <summary>
/// One connection: requests on their way out, and when each that waits for its reply was due. Replies come in the order of requests, so
/// a ring of times is all there is to remember. Sending and receiving allocate nothing. One thread.
/// </summary>
internal sealed class Connection : IDisposable
{
    /// <summary>Requests that may wait for replies. Many more than a server answers in a second per connection: a stall is not to stop arrivals.</summary>
    private const int InFlightMax = 1 << 14;

    private const int OutBytesMin = 64 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _out;
    private readonly ReplyScanner _scanner = new();

    /// <summary>Twice the time, and 1 for a GET.</summary>
    private readonly long[] _ring = new long[InFlightMax];

    // Positions in the ring, which only grow: the oldest that waits for its reply, the first that was not sent, the end.
    private long _oldest;
    private long _unsent;
    private long _end;
    private int _outStart;
    private int _outEnd;

    public Connection(Socket socket, int requestBytesMax)
    {
        _socket = socket;
        _socket.Blocking = false;
        _out = new byte[Math.Max(OutBytesMin, 2 * requestBytesMax)];
    }

    /// <summary>Whether it is on the list of those that have something to send.</summary>
    public bool IsListed { get; set; }

    public int InFlight => (int)(_end - _oldest);

    public bool HasUnsent => _outEnd > _outStart;

    /// <summary>Adds the next request. False: there is no room.</summary>
    public bool TryAdd(RequestMaker maker, long due)
    {
        if (InFlight == InFlightMax || !MakeRoom(maker.BytesMax))
        {
            return false;
        }

        _outEnd += maker.Next(_out.AsSpan(_outEnd), out bool isGet);
        _ring[_end++ & (InFlightMax - 1)] = (due << 1) | (isGet ? 1L : 0L);
        return true;
    }

    /// <summary>Sends what the socket takes.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public void Flush(Measurement measurement)
    {
        long now = Clock.Now();
        for (; _unsent < _end; _unsent++)
        {
            measurement.Sent(_ring[_unsent & (InFlightMax - 1)] >> 1, now);
        }

        while (HasUnsent)
        {
            int sent = _socket.Send(_out.AsSpan(_outStart, _outEnd - _outStart), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            ThrowUnlessFine(error);
            _outStart += sent;
        }

        _outStart = 0;
        _outEnd = 0;
    }

    /// <summary>Takes all replies that are there.</summary>
    /// <exception cref="IOException">The connection is broken, or the server has closed it.</exception>
    /// <exception cref="InvalidDataException">It is no reply to GET or SET.</exception>
    public void Receive(byte[] buffer, Measurement measurement)
    {
        int received;
        do
        {
            received = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            ThrowUnlessFine(error);
            if (received == 0)
            {
                throw new IOException("the server closed a connection");
            }

            TakeReplies(buffer.AsSpan(0, received), measurement);
        }
        while (received == buffer.Length);
    }

    /// <summary>Counts the requests that wait for replies as unanswered.</summary>
    public void GiveUp(Measurement measurement, long now)
    {
        for (; _oldest < _end; _oldest++)
        {
            long due = _ring[_oldest & (InFlightMax - 1)];
            measurement.NoReply(due >> 1, (due & 1) != 0, now);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static void ThrowUnlessFine(SocketError error)
    {
        if (error != SocketError.Success)
        {
            throw new IOException($"a connection broke: {error}");
        }
    }

    private void TakeReplies(ReadOnlySpan<byte> bytes, Measurement measurement)
    {
        long now = Clock.Now();
        while (!bytes.IsEmpty)
        {
            ReplyScanner.Outcome outcome = _scanner.Next(ref bytes);
            if (outcome == ReplyScanner.Outcome.Incomplete)
            {
                return;
            }

            if (InFlight == 0)
            {
                throw new InvalidDataException("a reply came that nobody had asked for");
            }

            long due = _ring[_oldest++ & (InFlightMax - 1)];
            measurement.Reply(due >> 1, (due & 1) != 0, now, outcome, _scanner);
        }
    }

    private bool MakeRoom(int bytes)
    {
        if (_out.Length - _outEnd < bytes && _outStart > 0)
        {
            _out.AsSpan(_outStart, _outEnd - _outStart).CopyTo(_out);
            _outEnd -= _outStart;
            _outStart = 0;
        }

        return _out.Length - _outEnd >= bytes;
    }
}
