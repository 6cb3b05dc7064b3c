using RespKv.TestKit.Histories;
using RespKv.TestKit.Model;

namespace RespKv.CrashTests.Loads;

/// <summary>All clients of one life. They end with the server.</summary>
internal sealed class Load
{
    private const int HistoryKeys = 10;
    private const int HistoryValueBytesMax = 2_000;

    private readonly HistoryRecorder _recorder = new();
    private readonly List<SequenceReader> _readers;
    private readonly Task _running;

    private Load(Options options, int port, IReadOnlyList<SequenceLedger> ledgers, QueueLedger queue, int depth, bool blocks, Random random)
    {
        string database = Database.OfSequences(options);
        _readers = [.. Enumerable.Range(0, (ledgers.Count + 1) / 2).Select(_ => new SequenceReader(ledgers, database, Fork(random)))];
        List<SequenceWriter> writers = [.. ledgers.Select(ledger => new SequenceWriter(ledger, database, depth, Fork(random)))];
        List<HistoryClient> clients = [.. Enumerable.Range(0, options.Histories).Select(i => new HistoryClient(i, _recorder, Maker(i, Fork(random), blocks), Fork(random)))];
        _running = Task.WhenAll(
        [
            .. writers.Select(writer => Task.Run(() => writer.RunAsync(port))),
            .. _readers.Select(reader => Task.Run(() => reader.RunAsync(port))),
            .. clients.Select(client => Task.Run(() => client.RunAsync(port))),
            .. QueueClients(port, database, queue, random),
        ]);
    }

    /// <summary>Values that the readers were shown. Once the load has ended.</summary>
    public long Reads => _readers.Sum(reader => reader.Reads);

    /// <param name="depth">Requests in a pipeline, at most.</param>
    /// <param name="blocks">Whether the server has MULTI.</param>
    public static Load Start(Options options, int port, IReadOnlyList<SequenceLedger> ledgers, QueueLedger queue, int depth, bool blocks, Random random)
        => new(options, port, ledgers, queue, depth, blocks, random);

    /// <summary>Waits until every client has lost its connection. Returns what those with a history were told.</summary>
    public async Task<History> EndAsync()
    {
        await _running;
        return _recorder.Take();
    }

    /// <summary>One pushes, two move.</summary>
    private static IEnumerable<Task> QueueClients(int port, string database, QueueLedger queue, Random random)
    {
        Random[] randoms = [Fork(random), Fork(random), Fork(random)];
        yield return Task.Run(() => QueueClient.PushAsync(port, database, queue, randoms[0]));
        yield return Task.Run(() => QueueClient.MoveAsync(port, database, queue, randoms[1]));
        yield return Task.Run(() => QueueClient.MoveAsync(port, database, queue, randoms[2]));
    }

    private static CommandMaker Maker(int client, Random random, bool blocks) => new(random, new CommandMakerOptions
    {
        Keys = HistoryKeys,
        Databases = Database.OfHistories,
        ValueBytesMax = HistoryValueBytesMax,
        Transactions = blocks,
        Collections = true,

        // Whoever sees a value knows who wrote it, and when.
        Tag = $"-{client}-",

        // When a command was executed is not known to the millisecond.
        Expiry = ExpiryKind.Far,

        // They would tie all keys together, and the search with them; what flushes is among the numbered writes of other tests.
        WholeKeyspace = false,
    });

    private static Random Fork(Random random) => new(random.Next());
}
