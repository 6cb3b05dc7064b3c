using System.Buffers;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Model;

namespace RespKv.Simulation;

/// <summary>A client of a simulated engine: commands go in whole, replies come back when the engine lets them, sometimes slowly.</summary>
internal sealed class SimulatedClient : IReplyTransport
{
    private const int OffsetDigitsMax = 6;

    private readonly RespEngine _engine;
    private readonly CommandMaker _commands;
    private readonly Ledger _ledger;
    private readonly Random _random;
    private readonly ArrayBufferWriter<byte> _writer = new();
    private readonly List<byte> _received = [];
    private readonly Queue<(string[] Command, int Bytes)> _sent = [];
    private readonly Queue<Expectation> _expected = [];
    private readonly Session _session;
    private readonly ModelSession _model = new();
    private byte[] _input = [];
    private bool _isWaiting;
    private bool _isResumed;
    private bool _isFlushPending;

    public SimulatedClient(RespEngine engine, Ledger ledger, CommandMaker commands, Random random)
    {
        _commands = commands;
        _engine = engine;
        _ledger = ledger;
        _random = random;
        _session = engine.Connect(this, "127.0.0.1:50000", "127.0.0.1:6380") ?? throw new SimulationFailedException("maxclients reached");
    }

    /// <summary>Commands whose replies have not come.</summary>
    public int Outstanding => _sent.Count + _expected.Count;

    /// <summary>Why the engine has cut the connection; null when it has not.</summary>
    public string? AbortReason { get; private set; }

    public bool IsClosing { get; private set; }

    /// <summary>Told of every reply.</summary>
    public Action<Expectation, RespValue>? Shown { get; init; }

    /// <summary>The disk may be full.</summary>
    public bool MayBeRefused { get; init; }

    IBufferWriter<byte> IReplyTransport.Writer => _writer;

    /// <summary>Sends a command of its own, and tells which.</summary>
    public string[] SendNext()
    {
        // Room is claimed for all that a block might write: one that might write half a gigabyte is refused here, and not by the model.
        string[] command = _commands.Next();
        while (command[0] == "SETRANGE" && command.Length > 2 && command[2].Length > OffsetDigitsMax)
        {
            command = _commands.Next();
        }

        Send(command);
        return command;
    }

    public void Send(string[] command)
    {
        byte[] bytes = TestClient.Encode(command);
        _sent.Enqueue((command, bytes.Length));
        _input = [.. _input, .. bytes];
    }

    /// <summary>Has the engine take what it will. One turn of a connection: nothing else runs meanwhile.</summary>
    public void Pump()
    {
        while (!_isWaiting && !IsClosing && _sent.Count > 0)
        {
            // One command at a time when the disk may be full: only so is it known which one was refused.
            long refusedBefore = _engine.Commit.Space.RejectedWrites;
            int given = MayBeRefused ? _sent.Peek().Bytes : _input.Length;
            long nowMillis = _engine.NowMillis();
            _isResumed = false;
            ProcessState state = _engine.Process(_session, _input.AsSpan(0, given), out int consumed);
            _input = _input[consumed..];
            bool isRefused = _engine.Commit.Space.RejectedWrites != refusedBefore;
            while (consumed > 0)
            {
                (string[] command, int bytes) = _sent.Dequeue();
                consumed -= bytes;
                _expected.Enqueue(isRefused ? _ledger.Refused(_model, command, nowMillis) : _ledger.Execute(_model, command, nowMillis));
            }

            _isWaiting = state == ProcessState.Waiting && !_isResumed;
            IsClosing = state == ProcessState.Closing;
        }
    }

    /// <summary>Takes note of the replies that have come.</summary>
    public void Drain()
    {
        if (_received.Count == 0)
        {
            return;
        }

        byte[] bytes = [.. _received];
        int taken = 0;
        while (RespReplyReader.TryRead(bytes.AsSpan(taken), out RespValue? reply, out int consumed))
        {
            taken += consumed;
            if (!_expected.TryDequeue(out Expectation? expected))
            {
                throw new SimulationFailedException($"a reply to nothing: {ReplyText.Of(reply)}");
            }

            Shown?.Invoke(expected, reply);
            _ledger.Shown(expected, reply);
        }

        _received.RemoveRange(0, taken);
    }

    /// <summary>A slow client takes what was held back.</summary>
    public void FinishFlush()
    {
        if (_isFlushPending)
        {
            _isFlushPending = false;
            Receive();
            _session.Output.FlushCompleted();
        }
    }

    public void Disconnect() => _engine.Disconnect(_session);

    bool IReplyTransport.Flush()
    {
        if (_random.Next(8) == 0)
        {
            _isFlushPending = true;
            return false;
        }

        Receive();
        return true;
    }

    void IReplyTransport.Resume()
    {
        _isWaiting = false;
        _isResumed = true;
    }

    void IReplyTransport.Abort(string reason) => AbortReason = reason;

    private void Receive()
    {
        _received.AddRange(_writer.WrittenSpan);
        _writer.ResetWrittenCount();
    }
}
