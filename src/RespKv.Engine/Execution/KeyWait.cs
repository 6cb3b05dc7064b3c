using RespKv.Engine.Commands;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>
/// What a blocked command does when one of its keys has what it waits for (BLPOP, BZPOPMIN ...).
/// </summary>
/// <remarks>
/// A blocking command is a write command with three endings. It finds something in its keys: then it is the command without the B. A MULTI
/// block runs (<see cref="Session.RunsBlock"/>): then it replies what it replies at its timeout. Otherwise it calls
/// <see cref="WriteContext.WaitForKeys"/> as the last thing that it does, with a class of its own derived from this one, and replies nothing.
/// <see cref="BlockedKeys"/> keeps the client in the queues of its keys; when a command has touched one of them, <see cref="KeyWaitServer"/>
/// calls <see cref="Serve"/> behind that command, in the same turn, for each client that waits for the type which the key has then.
/// </remarks>
/// <param name="type">The type of value that it waits for: clients that wait for another one are passed over.</param>
internal abstract class KeyWait(Keyspace.ValueType type)
{
    public Keyspace.ValueType Type { get; } = type;

    // Set by BlockedKeys, and its own.
    public Session Session { get; set; } = null!;

    public CommandEntry Entry { get; set; } = null!;

    /// <summary>The whole command: for the slow log, which is told when it is over.</summary>
    public StoredRequest Request { get; set; } = null!;

    public List<WaitingClient> Places { get; } = [];

    /// <summary>
    /// Does what the command does, and replies. The key exists and has <see cref="Type"/>; the context is the waiting client's. What it logs beyond
    /// its arguments it asks room for first, as any command (<see cref="Space.WriteGate.RequireRoom"/>): if there is none it is called again later.
    /// </summary>
    public abstract void Serve(WriteContext c, in KeyRef key);

    /// <summary>Replies that the time is up.</summary>
    public virtual void TimeOut(ReadContext c) => c.Reply.NullArray();
}

/// <summary>A client's place in the queue of one key.</summary>
internal sealed class WaitingClient(KeyWait wait, KeyQueue queue)
{
    public KeyWait Wait { get; } = wait;

    public KeyQueue Queue { get; } = queue;

    public WaitingClient? Previous { get; set; }

    public WaitingClient? Next { get; set; }
}

/// <summary>The clients that wait for a key, in the order in which they came.</summary>
internal sealed class KeyQueue(WatchedKey key)
{
    public WatchedKey Key { get; } = key;

    public WaitingClient? First { get; set; }

    public WaitingClient? Last { get; set; }

    /// <summary>The key is among those that are to be looked at.</summary>
    public bool IsReady { get; set; }
}
