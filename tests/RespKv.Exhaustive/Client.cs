using System.Buffers;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Protocol;
using RespKv.TestKit.Engine;

namespace RespKv.Exhaustive;

/// <summary>The one client of a machine.</summary>
internal sealed class Client : IReplyTransport
{
    private readonly RespEngine _engine;
    private readonly Session _session;
    private readonly ArrayBufferWriter<byte> _writer = new();
    private readonly List<byte> _received = [];
    private byte[] _input = [];
    private bool _isWaiting;

    public Client(RespEngine engine)
    {
        _engine = engine;
        _session = engine.Connect(this, "127.0.0.1:50000", "127.0.0.1:6380") ?? throw new InvalidOperationException("maxclients reached");
    }

    /// <summary>No further reply will come.</summary>
    public bool IsCut { get; private set; }

    IBufferWriter<byte> IReplyTransport.Writer => _writer;

    public void Send(string[][] commands) => _input = [.. _input, .. commands.SelectMany(command => TestClient.Encode(command))];

    /// <summary>Has the engine take what it will.</summary>
    public void Pump()
    {
        while (_input.Length > 0 && !_isWaiting && !IsCut)
        {
            _isWaiting = true;
            ProcessState state = _engine.Process(_session, _input, out int consumed);
            _input = _input[consumed..];
            _isWaiting &= state == ProcessState.Waiting;
            IsCut |= state == ProcessState.Closing;
        }
    }

    public bool TryRead(out RespValue reply)
    {
        if (_received.Count > 0 && RespReplyReader.TryRead([.. _received], out RespValue? value, out int consumed))
        {
            _received.RemoveRange(0, consumed);
            reply = value;
            return true;
        }

        reply = null!;
        return false;
    }

    bool IReplyTransport.Flush()
    {
        _received.AddRange(_writer.WrittenSpan);
        _writer.ResetWrittenCount();
        return true;
    }

    void IReplyTransport.Resume() => _isWaiting = false;

    void IReplyTransport.Abort(string reason) => IsCut = true;
}
