using System.Net.Sockets;
using System.Text;
using RespKv.Protocol;
using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Loads;

/// <summary>Sends commands of every kind to keys that all such clients share, and takes down what it was told, until the connection ends.</summary>
internal sealed class HistoryClient(int client, HistoryRecorder recorder, CommandMaker maker, Random random)
{
    private const int DepthMax = 5;

    /// <summary>Calls of one life: the search for an explanation has to end.</summary>
    private const int CallsMax = 150;

    /// <summary>So that the calls last until the strike.</summary>
    private const int PauseMillisMax = 8;

    /// <summary>Errors that say that nothing was done, and that depend on more than the data: no room on the disk, a peer that does not know a command.</summary>
    private static readonly string[] Refusals = ["MISCONF ", "EXECABORT Transaction discarded because of: ", "LOADING ", "ERR unknown command"];

    public async Task RunAsync(int port)
    {
        try
        {
            using RawClient connection = await RawClient.ConnectAsync(port);
            for (int calls = 0; calls < CallsMax;)
            {
                int depth = 1 + random.Next(DepthMax);
                if (!await CallAsync(connection, depth))
                {
                    return;
                }

                calls += depth;
                await Task.Delay(random.Next(PauseMillisMax));
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            // The server is gone.
        }
    }

    /// <summary>False when the connection has ended.</summary>
    private async Task<bool> CallAsync(RawClient connection, int depth)
    {
        using var requests = new MemoryStream();
        List<HistoryCall> calls = [];
        for (int i = 0; i < depth; i++)
        {
            string[] command = Restrain(maker.Next());
            calls.Add(recorder.Begin(client, command));
            requests.Write(RawClient.Encode(command));
        }

        await connection.SendRawAsync(requests.ToArray());
        foreach (HistoryCall call in calls)
        {
            RespValue? reply = await connection.TryReadAsync();
            if (reply is null)
            {
                return false;
            }

            if (reply.IsError && Array.Exists(Refusals, Encoding.Latin1.GetString(reply.Bytes.Span).StartsWith))
            {
                call.Failed(reply);
            }
            else
            {
                call.Ok(reply);
            }
        }

        return true;
    }

    /// <summary>FLUSHALL would take the numbered writes of the other clients with it.</summary>
    private static string[] Restrain(string[] command)
        => command[0].Equals("FLUSHALL", StringComparison.OrdinalIgnoreCase) ? ["FLUSHDB", .. command[1..]] : command;
}
