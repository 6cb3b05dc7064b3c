using RespKv.Protocol;
using RespKv.TestKit.Server;

namespace RespKv.RealInput;

/// <summary>What a server has, held against what it was given, byte for byte.</summary>
internal sealed record Comparison
{
    /// <summary>GETs in flight at a time.</summary>
    private const int Pipeline = 500;

    /// <summary>Records that are there with the bytes that were sent.</summary>
    public int Found { get; private set; }

    /// <summary>Acknowledged, and not there.</summary>
    public int Lost { get; private set; }

    /// <summary>There, with other bytes. Acknowledged or not, this must never be.</summary>
    public int Damaged { get; private set; }

    /// <summary>Keys of the server that were never sent.</summary>
    public long Strange { get; private set; }

    /// <summary>No record is there that was sent after one that is missing: the log ends at one point.</summary>
    public bool IsPrefix { get; private set; } = true;

    /// <summary>By index; true where the record is there with its bytes.</summary>
    public required bool[] Present { get; init; }

    public static async Task<Comparison> MakeAsync(int port, IReadOnlyList<Record> records, Func<int, bool> acknowledged)
    {
        var comparison = new Comparison { Present = new bool[records.Count] };
        using RawClient client = await RawClient.ConnectAsync(port);
        bool missing = false;
        for (int first = 0; first < records.Count; first += Pipeline)
        {
            int end = Math.Min(first + Pipeline, records.Count);
            using var requests = new MemoryStream();
            for (int i = first; i < end; i++)
            {
                RawClient.AppendTo(requests, "GET"u8.ToArray(), records[i].Key);
            }

            await client.SendRawAsync(requests.ToArray());
            for (int i = first; i < end; i++)
            {
                RespValue reply = await client.ReadAsync();
                comparison.Add(i, reply, records[i].Value, acknowledged(i), missing);
                missing |= reply.IsNull;
            }
        }

        comparison.Strange = (await client.CallAsync("DBSIZE")).Integer - comparison.Found - comparison.Damaged;
        return comparison;
    }

    private void Add(int record, RespValue reply, byte[] sent, bool acknowledged, bool afterMissing)
    {
        if (reply.IsNull)
        {
            Lost += acknowledged ? 1 : 0;
            return;
        }

        IsPrefix &= !afterMissing;
        Present[record] = reply.Kind == RespKind.BulkString && reply.Bytes.Span.SequenceEqual(sent);
        Found += Present[record] ? 1 : 0;
        Damaged += Present[record] ? 0 : 1;
    }
}
