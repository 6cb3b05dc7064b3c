using System.ComponentModel;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Storage.Files;

namespace RespKv.Hosting.Transport;

/// <summary>
/// One thread that waits for the sockets of many connections (epoll, edge-triggered) and serves them inline: what a connection's
/// reader does with its bytes happens on this thread, up to the send. So nothing there may block (decision 8).
/// </summary>
/// <remarks>
/// A round: wait, receive once from each socket that has something, send what was released meanwhile, do what was posted. A
/// connection that always has more gets its next turn in the next round. The loop alone opens, reads and closes the sockets that it was
/// given; others ask for it by <see cref="Post"/>. Sends happen on any thread.
/// </remarks>
internal sealed class EventLoop : IReleaser, IDisposable
{
    /// <summary>Received at a time from one connection. All connections of a loop share the buffer; what is behind it waits in the kernel until the others had their turn.</summary>
    public const int ReceiveBytesMax = 64 * 1024;

    /// <summary>Sockets told of by one wait.</summary>
    private const int EventsMax = 256;

    /// <summary>Stands for the event that wakes the loop.</summary>
    private const ulong WakeKey = ulong.MaxValue;

    private readonly IRounds _rounds;
    private readonly int _epoll;
    private readonly WakeEvent _wake = new();
    private readonly Thread _thread;
    private readonly byte[] _events = new byte[EventsMax * EpollNative.EventBytes];

    // The loop's own.
    private readonly List<SocketConnection?> _slots = [];
    private readonly Stack<int> _freeSlots = [];
    private byte[] _receive = new byte[ReceiveBytesMax];
    private List<Posted> _running = [];
    private List<ReplyQueue> _releasing = [];

    private readonly Lock _gate = new();
    private volatile bool _hasReleased;

    // Guarded by _gate.
    private List<Posted> _posted = [];
    private List<ReplyQueue> _released = [];
    private bool _sleeps;
    private bool _stops;

    /// <param name="name">The thread's.</param>
    /// <param name="rounds">Told of each round.</param>
    public EventLoop(string name, IRounds rounds)
    {
        _rounds = rounds;
        _epoll = Checked(EpollNative.Create(), "epoll_create1");
        Checked(EpollNative.ControlDescriptor(_epoll, EpollNative.Add, _wake.Descriptor, EpollNative.In, WakeKey), "epoll_ctl");
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    private readonly record struct Posted(Action<object> Work, object State);

    /// <summary>Where bytes are received that nobody has asked to keep. The loop's own.</summary>
    public Memory<byte> ReceiveBuffer => _receive;

    /// <summary>Has the loop do something at the end of a round. Any thread.</summary>
    public void Post(Action<object> work, object state)
    {
        lock (_gate)
        {
            _posted.Add(new Posted(work, state));
        }

        Kick();
    }

    void IReleaser.Add(ReplyQueue queue)
    {
        lock (_gate)
        {
            _released.Add(queue);
            _hasReleased = true;
        }
    }

    /// <summary>Something was added or posted. Any thread; only the first of many pays for a system call, and none while the loop is awake.</summary>
    public void Kick()
    {
        bool wake;
        lock (_gate)
        {
            wake = _sleeps;
            _sleeps = false;
        }

        if (wake)
        {
            _wake.Signal();
        }
    }

    /// <summary>The receive buffer stays with a reader that has not finished with it. The loop's own.</summary>
    public void GiveReceiveBufferAway() => _receive = new byte[ReceiveBytesMax];

    /// <summary>Begins to watch a connection's socket, for all that may happen to it. The loop's own.</summary>
    /// <exception cref="Win32Exception">The kernel refuses (memory, its limit of watched descriptors).</exception>
    public int Add(SocketConnection connection)
    {
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _slots.Count;
            _slots.Add(null);
        }

        const uint events = EpollNative.In | EpollNative.Out | EpollNative.PeerClosed | EpollNative.OnChange;
        if (EpollNative.Control(_epoll, EpollNative.Add, connection.Handle, events, (ulong)slot) < 0)
        {
            int error = (int)EpollNative.LastError;
            _freeSlots.Push(slot);
            throw new Win32Exception(error);
        }

        _slots[slot] = connection;
        return slot;
    }

    /// <summary>Forgets a connection. The loop's own.</summary>
    public void Remove(SocketConnection connection, int slot)
    {
        // Before it is closed: a send on another thread may keep the descriptor, and its events, alive for a moment.
        Checked(EpollNative.Control(_epoll, EpollNative.Delete, connection.Handle, 0, 0), "epoll_ctl");
        _slots[slot] = null;
        _freeSlots.Push(slot);
    }

    /// <summary>Ends the thread, after what was posted.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stops)
            {
                return;
            }

            _stops = true;
        }

        _wake.Signal();
        _thread.Join();
        _wake.Dispose();
        _ = EpollNative.Close(_epoll);
    }

    private void Run()
    {
        _rounds.PlaceThread();
        while (BeginWait(out int timeoutMillis))
        {
            int count = EpollNative.Wait(_epoll, _events, timeoutMillis);
            if (count < 0)
            {
                Errno error = EpollNative.LastError;
                if (error != Errno.EINTR)
                {
                    throw new Win32Exception((int)error);
                }

                count = 0;
            }

            _rounds.BeginRound();
            Serve(count);
            _rounds.EndRound();
            RunPosted();
        }
    }

    /// <summary>False: the end.</summary>
    private bool BeginWait(out int timeoutMillis)
    {
        lock (_gate)
        {
            bool hasWork = _posted.Count > 0 || _released.Count > 0;
            timeoutMillis = hasWork ? 0 : -1;
            _sleeps = !hasWork && !_stops;
            return hasWork || !_stops;
        }
    }

    private void Serve(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ulong key = EpollNative.Data(_events, i);
            if (key == WakeKey)
            {
                _wake.Wait(-1);
            }
            else
            {
                // Slots are emptied between rounds only.
                _slots[(int)key]!.OnEvents(EpollNative.Events(_events, i));
                if (_hasReleased)
                {
                    // With pipelines a round takes a millisecond: those who are answered now send again meanwhile.
                    SendReleased();
                }
            }
        }
    }

    private void SendReleased()
    {
        lock (_gate)
        {
            (_released, _releasing) = (_releasing, _released);
            _hasReleased = false;
        }

        foreach (ReplyQueue queue in _releasing)
        {
            queue.Release();
        }

        _releasing.Clear();
    }

    private void RunPosted()
    {
        SendReleased();
        lock (_gate)
        {
            _sleeps = false;
            (_posted, _running) = (_running, _posted);
        }

        foreach (Posted posted in _running)
        {
            posted.Work(posted.State);
        }

        _running.Clear();
    }

    private static int Checked(int result, string call)
    {
        int error = (int)EpollNative.LastError;
        return result >= 0 ? result : throw new Win32Exception(error, $"{call}: {new Win32Exception(error).Message}");
    }
}
