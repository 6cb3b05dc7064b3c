using System.Net.Sockets;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Loads;

/// <summary>Sends the operations of one ledger in pipelines of random depth until the connection ends.</summary>
internal sealed class SequenceWriter(SequenceLedger ledger, string database, int depthMax, Random random)
{
    /// <summary>A full disk answers at once: without a pause the load would be errors only.</summary>
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMilliseconds(3);

    public async Task RunAsync(int port)
    {
        try
        {
            using RawClient client = await RawClient.ConnectAsync(port);
            if (!(await client.CallAsync("SELECT", database)).IsError)
            {
                while (await WriteBatchAsync(client))
                {
                }
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            // The server is gone.
        }
    }

    /// <summary>False when the connection has ended.</summary>
    private async Task<bool> WriteBatchAsync(RawClient client)
    {
        // Small depths as often as large ones.
        int depth = 1 + random.Next(1 + random.Next(depthMax));
        using var requests = new MemoryStream();
        List<SequenceOperation> batch = [];
        for (int i = 0; i < depth; i++)
        {
            SequenceOperation operation = ledger.Next();
            operation.AppendTo(requests);
            ledger.Send(operation);
            batch.Add(operation);
        }

        await client.SendRawAsync(requests.GetBuffer().AsMemory(0, (int)requests.Length));
        bool refused = false;
        foreach (SequenceOperation operation in batch)
        {
            RespValue? last = await ReadLastReplyAsync(client, operation.Commands.Count);
            if (last is null)
            {
                return false;
            }

            ledger.End(operation.Number, last.IsError ? Fate.Refused : Fate.Acknowledged);
            refused |= last.IsError;
        }

        if (refused)
        {
            await Task.Delay(PauseAfterRefusal);
        }

        return true;
    }

    /// <summary>Of a block, EXEC's reply tells.</summary>
    private static async Task<RespValue?> ReadLastReplyAsync(RawClient client, int replies)
    {
        RespValue? reply = null;
        for (int i = 0; i < replies; i++)
        {
            reply = await client.TryReadAsync();
            if (reply is null)
            {
                return null;
            }
        }

        return reply;
    }
}
