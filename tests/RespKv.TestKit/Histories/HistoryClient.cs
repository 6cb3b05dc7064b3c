using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Model;
using RespKv.TestKit.Server;

namespace RespKv.TestKit.Histories;

/// <summary>One connection that sends random commands, alone or in pipelines, and has taken down what becomes of them.</summary>
/// <param name="client">Its number in the history; a new connection is a new client.</param>
/// <param name="send">Sends bytes.</param>
/// <param name="read">Waits for the next reply; null when none will come.</param>
public sealed class HistoryClient(
    int client, HistoryRecorder recorder, Random random, CommandMakerOptions options, Func<byte[], Task> send, Func<Task<RespValue?>> read)
{
    /// <summary>Deep enough to fill a batch of the log, and to leave some unanswered; the search for an order grows with it.</summary>
    private const int DepthMax = 8;

    private readonly CommandMaker _maker = new(random, options with { Tag = $"-{client}-" });

    /// <summary>Sends until there is no need any more, or no answer.</summary>
    public async Task RunAsync(Func<bool> isWanted)
    {
        while (isWanted())
        {
            // Half of the time one waits for each answer: only then the order of calls of different clients says something.
            int depth = random.Next(2) == 0 ? 1 : random.Next(2, DepthMax + 1);
            if (!await CallAsync([.. Enumerable.Range(0, depth).Select(_ => _maker.Next())]))
            {
                return;
            }
        }
    }

    private async Task<bool> CallAsync(string[][] commands)
    {
        using var bytes = new MemoryStream();
        var calls = new List<HistoryCall>();
        foreach (string[] command in commands)
        {
            RawClient.AppendTo(bytes, [.. command.Select(Encoding.Latin1.GetBytes)]);
            calls.Add(recorder.Begin(client, command));
        }

        try
        {
            await send(bytes.ToArray());
            foreach (HistoryCall call in calls)
            {
                if (await read() is not { } reply)
                {
                    return false;
                }

                call.Ok(reply);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
