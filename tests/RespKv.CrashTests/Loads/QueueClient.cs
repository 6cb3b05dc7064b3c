using System.Globalization;
using System.Net.Sockets;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Loads;

/// <summary>Clients of a queue: one pushes jobs, others move them from list to list, waiting for one when there is none. They end with the server.</summary>
internal static class QueueClient
{
    private const int PushesMax = 20;
    private const int MovesMax = 6;

    /// <summary>So that those who move jobs sometimes meet an empty list, and a life has some thousands of jobs, not more.</summary>
    private const int PauseMillisMax = 12;

    public static Task PushAsync(int port, string database, QueueLedger ledger, Random random) => RunAsync(port, database, async client =>
    {
        long[] jobs = [.. Enumerable.Range(0, 1 + random.Next(PushesMax)).Select(_ => ledger.Next())];
        using var requests = new MemoryStream();
        foreach (long job in jobs)
        {
            requests.Write(RawClient.Encode("RPUSH", QueueLedger.Jobs, job.ToString(CultureInfo.InvariantCulture)));
        }

        await client.SendRawAsync(requests.ToArray());
        foreach (long job in jobs)
        {
            if (await client.TryReadAsync() is not { } reply)
            {
                return false;
            }

            ledger.Pushed(job, reply.IsError);
        }

        await Task.Delay(random.Next(PauseMillisMax));
        return true;
    });

    public static Task MoveAsync(int port, string database, QueueLedger ledger, Random random) => RunAsync(port, database, async client =>
    {
        int moves = 1 + random.Next(MovesMax);
        using var requests = new MemoryStream();
        for (int i = 0; i < moves; i++)
        {
            requests.Write(RawClient.Encode(Command(random)));
        }

        await client.SendRawAsync(requests.ToArray());
        for (int i = 0; i < moves; i++)
        {
            if (await client.TryReadAsync() is not { } reply)
            {
                return false;
            }

            if (reply.Kind == RespKind.BulkString)
            {
                ledger.Moved(long.Parse(reply.Text, CultureInfo.InvariantCulture));
            }
        }

        await Task.Delay(random.Next(PauseMillisMax));
        return true;
    });

    private static string[] Command(Random random) => random.Next(3) switch
    {
        0 => ["BLMOVE", QueueLedger.Jobs, QueueLedger.Done, "LEFT", "RIGHT", "0.02"],
        _ => ["LMOVE", QueueLedger.Jobs, QueueLedger.Done, "LEFT", "RIGHT"],
    };

    private static async Task RunAsync(int port, string database, Func<RawClient, Task<bool>> round)
    {
        try
        {
            using RawClient client = await RawClient.ConnectAsync(port);
            await client.CallAsync("SELECT", database);
            while (await round(client))
            {
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or IOException)
        {
            // The server is gone.
        }
    }
}
