using RespKv.Engine.Execution;

namespace RespKv.Engine.Sessions;

/// <summary>Why a suspended client's command is being answered now.</summary>
internal enum SuspensionEnd
{
    /// <summary>The condition came true.</summary>
    Met,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>CLIENT UNBLOCK ... ERROR.</summary>
    Unblocked,
}

/// <summary>A command that waits for something before it answers (WAIT, WAITAOF, DEBUG SLEEP ...).</summary>
/// <param name="Complete">Writes the reply, in a turn of its own.</param>
/// <param name="DeadlineMillis">Unix milliseconds, -1: none.</param>
/// <param name="DurableLsn">Ends when DurableLsn reaches it; -1: never.</param>
/// <param name="Work">Something that runs in the background; ends when it completes.</param>
/// <param name="CanBeUnblocked">CLIENT UNBLOCK may end it: the command only waits, and nothing goes on behind it.</param>
/// <param name="Wait">What it does when one of its keys has what it waits for, which is not an end that <paramref name="Complete"/> hears of.</param>
/// <param name="Slow">The command counts as running all the time that it waits.</param>
internal sealed record Suspension(
    Action<ReadContext, SuspensionEnd> Complete,
    long DeadlineMillis = -1,
    long DurableLsn = -1,
    Task? Work = null,
    bool CanBeUnblocked = false,
    KeyWait? Wait = null,
    SlowWork? Slow = null);
