using System.Net;
using System.Net.Sockets;
using RespKv.TestKit.Server;

namespace RespKv.RealInput;

/// <summary>
/// redis-cli --pipe. It tells how many replies came only when all is well, so its connection runs through a relay that counts them:
/// replies come in the order of requests, so N replies acknowledge the first N records.
/// </summary>
internal sealed class PipeLoader : ILoader
{
    public string Name => "redis-cli --pipe";

    public async Task<string?> LoadAsync(int port, IReadOnlyList<Record> records, Acknowledgements acknowledgements)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int relayPort = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task<string?> relay = ReplyRelay.RunAsync(listener, port, records.Count, acknowledgements);

        using MemoryStream requests = Encode(records);
        ToolResult result = await Tool.RunAsync(["redis-cli", "-h", "127.0.0.1", "-p", $"{relayPort}", "--pipe"], requests);

        string? refused = await relay;
        return refused ?? (result.ExitCode == 0 ? null : $"exit code {result.ExitCode} {result.Errors.Trim()}");
    }

    private static MemoryStream Encode(IReadOnlyList<Record> records)
    {
        var requests = new MemoryStream();
        byte[] set = "SET"u8.ToArray();
        foreach (Record record in records)
        {
            RawClient.AppendTo(requests, set, record.Key, record.Value);
        }

        requests.Position = 0;
        return requests;
    }
}
