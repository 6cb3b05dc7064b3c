using RespKv.Protocol;
using RespKv.TestKit.Model;

namespace RespKv.Exhaustive;

/// <summary>What may be found on the disk: what was answered, or that and what was not answered. Neither is changed any more.</summary>
internal sealed record Expected(ServerModel Certain, ServerModel Possible);

/// <summary>What the client knows.</summary>
internal sealed class Knowledge(ServerModel start)
{
    private readonly ModelSession _session = new();

    public Expected Expected { get; private set; } = new(start, start);

    /// <summary>Sends a letter's commands, and compares the replies.</summary>
    /// <param name="machine">Has started.</param>
    /// <param name="letter">What to send.</param>
    /// <param name="place">In its sequence, from 1.</param>
    /// <param name="mayFail">A call to the disk failed, so that a command may be refused.</param>
    /// <returns>False when the engine stopped before it had answered.</returns>
    public bool Play(Machine machine, Letter letter, int place, Func<bool> mayFail)
    {
        if (letter.IsClock)
        {
            machine.Sleep(Letter.ClockMillis);
            return true;
        }

        string[][] commands = letter.Commands(place);
        ServerModel after = Expected.Certain.Copy();
        List<ModelOutcome> outcomes = letter.IsSave ? [] : [.. commands.Select(command => after.Execute(_session, command, machine.NowMillis))];
        Expected = Expected with { Possible = after };
        List<RespValue> replies = machine.Call(commands);
        if (replies.Count < commands.Length)
        {
            return false;
        }

        // A refused command has done nothing, and a block is refused as a whole.
        bool isRefused = replies[^1].IsError;
        if (isRefused && !mayFail())
        {
            throw new CheckFailedException($"{letter.Name} was refused: {ReplyText.Of(replies[^1])}");
        }

        for (int i = 0; i < outcomes.Count && !isRefused; i++)
        {
            if (!outcomes[i].IsAcceptable(replies[i]))
            {
                throw new CheckFailedException($"{ReplyText.Of(commands[i])} was answered {ReplyText.Of(replies[i])}, not {ReplyText.Of(outcomes[i].Reply!)}");
            }
        }

        Expected = isRefused ? new Expected(Expected.Certain, Expected.Certain) : new Expected(after, after);
        return true;
    }
}
