using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Execution;

/// <summary>
/// What every command handler gets: its client, the reply writer and the server around it. One instance per kind of handler,
/// reused for every command; valid only inside the turn that is running the command.
/// </summary>
internal abstract class CommandContext(RespEngine engine, RespWriter? reply)
{
    /// <summary>The server: configuration, statistics, clients, commands. Holds no way to change keys.</summary>
    public RespEngine Engine { get; } = engine;

    /// <summary>The client whose command is running.</summary>
    public Session Session { get; private set; } = null!;

    /// <summary>The reply of the running command goes here, exactly one reply per command.</summary>
    public RespWriter Reply { get; } = reply ?? engine.TurnWriter;

    /// <summary>Wall clock of this turn in Unix milliseconds: one reading for all of its commands.</summary>
    public long NowMillis { get; private set; }

    /// <summary>Set by <see cref="Fail(string)"/>; the executor counts failed calls with it.</summary>
    public bool Failed { get; private set; }

    /// <summary>Prepares the context for one command. The caller holds the turn.</summary>
    internal virtual void Begin(Session session, long nowMillis)
    {
        Session = session;
        NowMillis = nowMillis;
        Failed = false;
    }

    /// <summary>Replies with an error. The text carries its code: <c>ERR syntax error</c>.</summary>
    public void Fail(string text)
    {
        Failed = true;
        Engine.Stats.CountError(text);
        Reply.Error(text);
    }

    /// <summary>
    /// Suspends the client: the command has not been answered yet and its later commands wait. See <see cref="Suspension"/>
    /// for what ends it. To be the last thing that a handler does.
    /// </summary>
    /// <exception cref="InvalidOperationException">A MULTI block is running, which nothing can suspend: the handler has to look at <see cref="Session.RunsBlock"/>.</exception>
    public void Suspend(Suspension suspension)
    {
        if (Session.RunsBlock)
        {
            throw new InvalidOperationException("a command suspends its client inside a transaction");
        }

        Engine.Scheduler.Suspend(Session, suspension);
    }
}
