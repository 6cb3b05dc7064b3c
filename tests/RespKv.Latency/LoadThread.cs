using System.Net;
using System.Net.Sockets;
using RespKv.Storage.Files;

namespace RespKv.Latency;

/// <summary>One thread's share of the connections, and its loop: sends what is due, takes what has come, sleeps until either is more.</summary>
internal sealed class LoadThread : IDisposable
{
    /// <summary>After the last request was due, replies are waited for so long.</summary>
    private const long PatienceNanos = 10 * Clock.NanosPerSecond;

    private const int ReceiveBytes = 64 * 1024;

    private readonly Options _options;
    private readonly Connection[] _connections;
    private readonly Epoll _epoll = new();
    private readonly RequestMaker _maker;
    private readonly byte[] _received = new byte[ReceiveBytes];

    // Connections to be flushed.
    private readonly int[] _listed;
    private int _listedCount;

    private int _turn;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public LoadThread(Options options, int connections, int seed)
    {
        _options = options;
        _maker = new RequestMaker(options, seed);
        _listed = new int[connections];
        _connections = new Connection[connections];
        for (int i = 0; i < connections; i++)
        {
            Socket socket = Connect(options);
            _connections[i] = new Connection(socket, _maker.BytesMax);
            _epoll.Watch(socket, i);
        }
    }

    /// <summary>A connection to the server, blocking.</summary>
    /// <exception cref="SocketException">There is no such host, or nobody listens there.</exception>
    public static Socket Connect(Options options)
    {
        IPAddress address = IPAddress.TryParse(options.Host, out IPAddress? given) ? given : Dns.GetHostAddresses(options.Host)[0];
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(new IPEndPoint(address, options.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends requests when they are due, whether earlier ones were answered or not.</summary>
    public void RunOpen(in Schedule schedule, Measurement measurement)
    {
        SetPreciseTimers();
        long next = 0;
        long giveUpAt = schedule.Due(schedule.Count) + PatienceNanos;
        while (true)
        {
            long now = Clock.Now();
            while (next < schedule.Count && schedule.Due(next) <= now && TryAdd(schedule.Due(next)))
            {
                next++;
            }

            FlushListed(measurement);
            if ((next == schedule.Count && !AnyInFlight()) || now >= giveUpAt)
            {
                break;
            }

            // A request that is due and has found no room waits for a reply, not for its time.
            long until = next < schedule.Count && schedule.Due(next) > now ? schedule.Due(next) : giveUpAt;
            TakeReplies(_options.Spin ? 0 : until - Clock.Now(), measurement);
        }

        long end = Clock.Now();
        GiveUp(measurement, end);
        for (; next < schedule.Count; next++)
        {
            bool isGet = _options.Command == CommandMix.Get || (_options.Command == CommandMix.Mixed && (next & 1) != 0);
            measurement.NoReply(schedule.Due(next), isGet, end);
        }
    }

    /// <summary>Keeps each connection busy: the next requests are sent when the last ones were all answered.</summary>
    public void RunClosed(Measurement measurement)
    {
        SetPreciseTimers();
        long giveUpAt = measurement.Until + PatienceNanos;
        for (int i = 0; i < _connections.Length; i++)
        {
            Refill(i);
        }

        FlushListed(measurement);
        long now = Clock.Now();
        while (now < measurement.Until || (AnyInFlight() && now < giveUpAt))
        {
            int count = TakeReplies(_options.Spin ? 0 : giveUpAt - now, measurement);
            now = Clock.Now();
            for (int i = 0; i < count && now < measurement.Until; i++)
            {
                int number = _epoll.Number(i);
                if (_connections[number].InFlight == 0)
                {
                    Refill(number);
                }
            }

            FlushListed(measurement);
        }

        GiveUp(measurement, now);
    }

    public void Dispose()
    {
        foreach (Connection connection in _connections)
        {
            connection.Dispose();
        }

        _epoll.Dispose();
    }

    private static void SetPreciseTimers()
    {
        try
        {
            WakeEvent.SetPreciseTimers();
        }
        catch (StorageException)
        {
            // A sandbox may forbid it: arrivals are up to 50 microseconds late then, and the column says so.
        }
    }

    /// <summary>Connections take turns; one that has no room is passed over. False: none has.</summary>
    private bool TryAdd(long due)
    {
        for (int tries = 0; tries < _connections.Length; tries++)
        {
            int number = _turn;
            _turn = _turn + 1 == _connections.Length ? 0 : _turn + 1;
            if (_connections[number].TryAdd(_maker, due))
            {
                List(number);
                return true;
            }
        }

        return false;
    }

    private void Refill(int number)
    {
        long now = Clock.Now();
        for (int i = 0; i < _options.Pipeline && _connections[number].TryAdd(_maker, now); i++)
        {
        }

        List(number);
    }

    private void List(int number)
    {
        if (!_connections[number].IsListed)
        {
            _connections[number].IsListed = true;
            _listed[_listedCount++] = number;
        }
    }

    private void FlushListed(Measurement measurement)
    {
        for (int i = 0; i < _listedCount; i++)
        {
            Connection connection = _connections[_listed[i]];
            connection.IsListed = false;
            connection.Flush(measurement);
        }

        _listedCount = 0;
    }

    /// <summary>Returns how many connections had something.</summary>
    private int TakeReplies(long timeoutNanos, Measurement measurement)
    {
        int count = _epoll.Wait(timeoutNanos);
        for (int i = 0; i < count; i++)
        {
            Connection connection = _connections[_epoll.Number(i)];
            if (connection.HasUnsent)
            {
                connection.Flush(measurement);
            }

            connection.Receive(_received, measurement);
        }

        return count;
    }

    private bool AnyInFlight()
    {
        foreach (Connection connection in _connections)
        {
            if (connection.InFlight > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void GiveUp(Measurement measurement, long now)
    {
        foreach (Connection connection in _connections)
        {
            connection.GiveUp(measurement, now);
        }
    }
}
