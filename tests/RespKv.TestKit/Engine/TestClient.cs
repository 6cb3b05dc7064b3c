using System.Buffers;
using System.Text;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.TestKit.Engine;

/// <summary>
/// A client of an engine without a socket. Requests run on the caller's thread, as a connection's would; replies arrive on whichever
/// thread releases them.
/// </summary>
public sealed class TestClient : IReplyTransport, IDisposable
{
    /// <summary>A reply that should come comes within this; the bound only ends a test that has failed.</summary>
    public static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(30);

    private readonly RespEngine _engine;
    private readonly Lock _input = new();
    private readonly Lock _output = new();
    private readonly ArrayBufferWriter<byte> _writer = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly List<byte> _received = [];
    private byte[] _pending = [];
    private bool _waiting;
    private bool _slow;
    private bool _flushPending;

    public TestClient(RespEngine engine, string remoteAddress = "127.0.0.1:50000")
    {
        _engine = engine;
        Session = engine.Connect(this, remoteAddress, "127.0.0.1:6380") ?? throw new InvalidOperationException("maxclients reached");
    }

    public Session Session { get; }

    /// <summary>Why the connection was cut, null when it was not.</summary>
    public string? AbortReason { get; private set; }

    public bool IsClosing { get; private set; }

    IBufferWriter<byte> IReplyTransport.Writer => _writer;

    /// <summary>Sends a command and waits for its reply.</summary>
    public RespValue Call(params string[] args) => CallAsync(args).GetAwaiter().GetResult();

    /// <summary>Sends a command whose arguments are words separated by single spaces and waits for its reply.</summary>
    public RespValue Run(string line) => Call(line.Split(' '));

    public async Task<RespValue> CallAsync(params string[] args)
    {
        Send(args);
        return await ReadAsync();
    }

    /// <summary>Sends a command and does not wait. Strings are Latin-1, so any byte can be written.</summary>
    public void Send(params string[] args) => SendRaw(Encode(args));

    public static byte[] Encode(params string[] args)
    {
        using var bytes = new MemoryStream();
        void Text(string text) => bytes.Write(Encoding.Latin1.GetBytes(text));
        Text($"*{args.Length}\r\n");
        foreach (string arg in args)
        {
            Text($"${arg.Length}\r\n{arg}\r\n");
        }

        return bytes.ToArray();
    }

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        lock (_input)
        {
            _pending = [.. _pending, .. bytes];
            if (_waiting)
            {
                // As a connection does: nothing is processed before Resume.
                return;
            }

            Pump();
        }
    }

    /// <summary>Takes the next reply if it has arrived.</summary>
    public bool TryRead(out RespValue reply)
    {
        lock (_output)
        {
            byte[] bytes = [.. _received];
            if (!RespReplyReader.TryRead(bytes, out RespValue? value, out int consumed))
            {
                reply = null!;
                return false;
            }

            _received.RemoveRange(0, consumed);
            reply = value;
            return true;
        }
    }

    /// <summary>Waits for the next reply.</summary>
    /// <exception cref="IOException">The engine has cut the connection.</exception>
    /// <exception cref="TimeoutException">None came within <see cref="ReplyTimeout"/>.</exception>
    public async Task<RespValue> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(ReplyTimeout);
        while (true)
        {
            if (TryRead(out RespValue reply))
            {
                return reply;
            }

            if (AbortReason is { } reason)
            {
                throw new IOException($"no reply will come, the connection was cut: {reason}");
            }

            try
            {
                await _arrived.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no reply within {ReplyTimeout.TotalSeconds} s");
            }
        }
    }

    /// <summary>From now on the client takes nothing more, like one that does not read.</summary>
    public void StopReading()
    {
        lock (_output)
        {
            _slow = true;
        }
    }

    /// <summary>Takes what was held back.</summary>
    public void StartReading()
    {
        bool completed;
        lock (_output)
        {
            _slow = false;
            completed = _flushPending;
            _flushPending = false;
            TakeWritten();
        }

        if (completed)
        {
            Session.Output.FlushCompleted();
        }
    }

    bool IReplyTransport.Flush()
    {
        lock (_output)
        {
            if (_slow)
            {
                _flushPending = true;
                return false;
            }

            TakeWritten();
            return true;
        }
    }

    void IReplyTransport.Resume() => Task.Run(() =>
    {
        lock (_input)
        {
            Pump();
        }
    });

    void IReplyTransport.Abort(string reason)
    {
        AbortReason = reason;
        _arrived.Release();
    }

    public void Dispose()
    {
        _engine.Disconnect(Session);
        _arrived.Dispose();
    }

    private void TakeWritten()
    {
        _received.AddRange(_writer.WrittenSpan.ToArray());
        _writer.ResetWrittenCount();
        _arrived.Release();
    }

    /// <summary>The caller holds the input.</summary>
    private void Pump()
    {
        ProcessState state = _engine.Process(Session, _pending, out int consumed);
        _pending = _pending[consumed..];
        _waiting = state == ProcessState.Waiting;
        IsClosing |= state == ProcessState.Closing;
    }
}
