using RespKv.Engine;
using RespKv.Protocol;
using RespKv.TestKit.Files;
using RespKv.TestKit.Model;

namespace RespKv.Simulation;

/// <summary>
/// What happened in a run: a number that is the same whenever the run is repeated, and on request every line of it. Also the log of the engines.
/// </summary>
internal sealed class Trace(Action<string>? write) : IEngineLog
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    public ulong Hash { get; private set; } = FnvOffset;

    public void Called(FileOperation operation, string path)
    {
        Add((int)operation);
        Add(path);
        write?.Invoke($"    {operation} {path}");
    }

    public void Switched(string what)
    {
        Add(what);
        write?.Invoke($"    {what}");
    }

    /// <summary>Of the life that runs.</summary>
    public int Switches { get; set; }

    /// <summary>The life is over: its threads unwind, and what they say of that is nobody's concern.</summary>
    public bool IsQuiet { get; set; }

    public void Sent(int switches, int client, string[] command)
    {
        Add(client);
        Array.ForEach(command, Add);
        write?.Invoke($"  {switches} client {client}: {ReplyText.Of(command)}");
    }

    public void Shown(Expectation expected, RespValue reply)
    {
        if (write is not null)
        {
            write($"  {Switches} shown: {ReplyText.Of(expected.Command)} = {ReplyText.Of(reply)} (state {expected.State})");
        }

        Add(expected.State);
    }

    public void Line(string line)
    {
        Add(line);
        write?.Invoke(line);
    }

    public bool IsEnabled(EngineLogLevel level) => write is not null;

    public void Write(EngineLogLevel level, string line)
    {
        if (!IsQuiet)
        {
            write?.Invoke($"  {Switches} log: {line}");
        }
    }

    private void Add(string text)
    {
        foreach (char c in text)
        {
            Add(c);
        }
    }

    private void Add(int value) => Hash = (Hash ^ (uint)value) * FnvPrime;
}
