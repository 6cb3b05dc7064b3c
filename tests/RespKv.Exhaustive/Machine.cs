using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Protocol;
using RespKv.TestKit.Files;
using RespKv.TestKit.Model;
using RespKv.TestKit.Simulation;

namespace RespKv.Exhaustive;

/// <summary>One life of a server process with one client, on a simulated disk, with threads and a clock that do the same every time.</summary>
internal sealed class Machine : IEngineLog, IDisposable
{
    private static readonly (string Name, string Value)[] Directives =
    [
        ("dir", "/data"),
        ("databases", "1"),

        // The smallest there is, so that one value fills it.
        ("wal-segment-size", "64kb"),

        // Checkpoints come when they are asked for.
        ("checkpoint-log-bytes", "0"),
        ("hz", "1"),
    ];

    /// <summary>How often the client looks for replies. Microseconds.</summary>
    private const long LookMicros = 100;

    /// <summary>No reply takes so long by the simulated clock: what waits longer waits for ever. Microseconds.</summary>
    private const long ReplyMicrosMax = 60_000_000;

    private readonly SimulatedFileSystem _files;
    private readonly SimulatedClock _clock;
    private readonly SimulatedThreads _threads;
    private RespEngine? _engine;
    private Client? _client;
    private CheckFailedException? _failure;

    /// <param name="files">The disk.</param>
    /// <param name="clock">Goes on from where it stands.</param>
    /// <param name="schedule">Chooses who runs when. 0: a thread runs until it waits.</param>
    public Machine(SimulatedFileSystem files, SimulatedClock clock, int schedule)
    {
        _files = files;
        _clock = clock;
        _threads = new SimulatedThreads(schedule, clock) { SwitchPercent = schedule == 0 ? 0 : 40 };
    }

    /// <summary>Before every call to the disk, when nothing can come between this and the call.</summary>
    public Action<FileOperation, string>? Calling { get; init; }

    /// <summary>Before every call to the disk, when other threads may still go first.</summary>
    public Action? Announced { get; init; }

    /// <summary>What the engine has logged.</summary>
    public List<string> Log { get; } = [];

    public long NowMillis => _clock.NowMillis;

    /// <summary>The log could not be written: the engine has stopped for good.</summary>
    public bool HasFailed => _engine?.State == EngineState.Failed;

    /// <summary>Does what is to be done, as the process's first thread; when it returns, the process is no more.</summary>
    /// <exception cref="CheckFailedException">What is done found something that must not be.</exception>
    public void Run(Action life)
    {
        _clock.Restart();
        _files.Calling = Call;
        try
        {
            _threads.Run(() => Guard(life));
        }
        catch (InvalidOperationException e)
        {
            // One of the engine's threads threw, or all of them wait.
            throw new CheckFailedException(e.Message);
        }
        finally
        {
            _files.Calling = null;
            Dispose();
        }

        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <exception cref="IOException">A call failed, or the data is corrupt.</exception>
    public void Start()
    {
        _engine = new RespEngine(ServerConfig.With(Directives), _files, _clock, this, _threads);
        _threads.Await(_engine.OpenAsync(CancellationToken.None));
        _client = new Client(_engine);
    }

    /// <summary>The replies; fewer when the engine cut the connection first.</summary>
    public List<RespValue> Call(params string[][] commands)
    {
        _client!.Send(commands);
        var replies = new List<RespValue>();
        long deadline = _clock.NowMicros + ReplyMicrosMax;
        while (true)
        {
            _client.Pump();
            while (_client.TryRead(out RespValue reply))
            {
                replies.Add(reply);
            }

            if (replies.Count == commands.Length || _client.IsCut)
            {
                return replies;
            }

            if (_clock.NowMicros > deadline)
            {
                throw new CheckFailedException($"no reply to {string.Join(' ', commands[replies.Count])}");
            }

            _threads.Sleep(LookMicros);
        }
    }

    /// <summary>"0/key" to "value expires at", as the model shows it. Null when the engine has stopped meanwhile.</summary>
    public SortedDictionary<string, string>? Dump()
    {
        if (Call(["KEYS", "*"]) is not [{ Items: var keys }])
        {
            return null;
        }

        var dump = new ServerModel(databases: 1);
        List<RespValue> values = Call([.. keys.SelectMany(key => (string[][])[Read(key.Text), ["PEXPIRETIME", key.Text]])]);
        for (int i = 0; i < keys.Count && values.Count == 2 * keys.Count; i++)
        {
            (RespValue value, long expireAtMillis) = (values[2 * i], values[(2 * i) + 1].Integer);
            if (keys[i].Text == Letter.List)
            {
                dump.Load(0, Letter.List, "list", value.Items.Select(item => item.Text), expireAtMillis);
            }
            else
            {
                dump.Load(0, keys[i].Text, value.Text, expireAtMillis);
            }
        }

        return values.Count == 2 * keys.Count ? dump.Visible(nowMillis: 0) : null;
    }

    private static string[] Read(string key) => key == Letter.List ? ["LRANGE", key, "0", "-1"] : ["GET", key];

    public void Sleep(long millis) => _threads.Sleep(millis * 1000);

    public void Stop() => _threads.Await(_engine!.StopAsync());

    /// <summary>What the process left in this one; <see cref="Run"/> has done it.</summary>
    public void Dispose()
    {
        try
        {
            _engine?.Dispose();
        }
        catch (SimulationEndedException)
        {
            // It waits for threads of a process that is no more.
        }
    }

    bool IEngineLog.IsEnabled(EngineLogLevel level) => level >= EngineLogLevel.Warning;

    void IEngineLog.Write(EngineLogLevel level, string line) => Log.Add(line);

    private void Call(FileOperation operation, string path)
    {
        if (!_threads.HasEnded)
        {
            Announced?.Invoke();
        }

        _threads.Switch(path);
        Calling?.Invoke(operation, path);
    }

    private void Guard(Action life)
    {
        try
        {
            life();
        }
        catch (CheckFailedException e)
        {
            _failure = e;
        }
    }
}
