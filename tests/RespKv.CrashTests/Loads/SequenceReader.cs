using System.Net.Sockets;
using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.CrashTests.Loads;

/// <summary>Reads what the writers have just sent, over a connection of its own, and notes what it was shown.</summary>
internal sealed class SequenceReader(IReadOnlyList<SequenceLedger> ledgers, string database, Random random)
{
    private const int DepthMax = 16;

    /// <summary>How far behind the last operation that was sent it looks: what is on its way to the disk is what may not be shown.</summary>
    private const int Behind = 64;

    /// <summary>Values that it was shown.</summary>
    public long Reads { get; private set; }

    public async Task RunAsync(int port)
    {
        try
        {
            using RawClient client = await RawClient.ConnectAsync(port);
            if (!(await client.CallAsync("SELECT", database)).IsError)
            {
                while (await ReadBatchAsync(client))
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
    private async Task<bool> ReadBatchAsync(RawClient client)
    {
        SequenceLedger ledger = ledgers[random.Next(ledgers.Count)];
        using var requests = new MemoryStream();
        int depth = 1 + random.Next(DepthMax);
        for (int i = 0; i < depth; i++)
        {
            requests.Write(RawClient.Encode("GET", ledger.Plan.MainKey(Math.Max(0, ledger.Sent - random.Next(Behind)))));
        }

        await client.SendRawAsync(requests.GetBuffer().AsMemory(0, (int)requests.Length));
        for (int i = 0; i < depth; i++)
        {
            RespValue? reply = await client.TryReadAsync();
            if (reply is null)
            {
                return false;
            }

            if (reply.Kind == RespKind.BulkString)
            {
                Reads++;
                ledger.Show(SequencePlan.NumberIn(reply.Text));
            }
        }

        return true;
    }
}
