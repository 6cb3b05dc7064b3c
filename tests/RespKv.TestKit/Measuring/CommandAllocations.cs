namespace RespKv.TestKit.Measuring;

/// <summary>
/// What a command allocates on its client's thread, whole: parsed, executed, logged, and answered as far as that happens there. What the
/// writer's thread allocates is not counted.
/// </summary>
public static class CommandAllocations
{
    /// <summary>Commands of one measurement.</summary>
    public const int Commands = 20_000;

    /// <summary>An object has at least 24 bytes: this is less than one of them for every 100 commands.</summary>
    public const long BytesMax = (Commands / 100 * ObjectBytesMin) - 1;

    private const int ObjectBytesMin = 24;

    /// <summary>Enough for the compiler to have done its last, and for buffers to have the size that they keep.</summary>
    private const int WarmUpCommands = 100_000;

    /// <summary>
    /// A buffer that grows because the writer's thread happened to stand still is not what a command allocates; that comes in every round.
    /// </summary>
    private const int RoundsMax = 10;

    /// <summary>Replies are awaited after so many commands: a client that never waits would only measure how far it can run ahead.</summary>
    private const int AwaitedCommands = 1_600;

    /// <summary>Commands that must not allocate; those that overwrite find a value of the same size.</summary>
    public static IReadOnlyList<string> Hot { get; } = ["GET key", "SET key value-of-the-same-size", "INCR counter"];

    /// <summary>Bytes that <see cref="Commands"/> of a command allocate: of several rounds the least, or the first that keeps the bound.</summary>
    /// <param name="command">Words separated by single spaces.</param>
    /// <param name="perTurn">How many the client sends at a time; a divisor of 1,600.</param>
    public static async Task<long> MeasureAsync(string command, int perTurn)
    {
        await using MeasuredEngine engine = await MeasuredEngine.OpenAsync();
        engine.Client.Send(MeasuredEngine.Repeated(1, "MSET", "key", "value-of-the-same-size", "counter", "1000000"));
        byte[] requests = MeasuredEngine.Repeated(perTurn, command.Split(' '));
        Run(engine.Client, requests, perTurn, WarmUpCommands);
        long least = long.MaxValue;
        for (int round = 0; round < RoundsMax && least > BytesMax; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(engine.Client, requests, perTurn, Commands);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static void Run(DiscardingClient client, byte[] requests, int perTurn, int commands)
    {
        for (int sent = 0; sent < commands; sent += perTurn)
        {
            client.Send(requests);
            if (sent % AwaitedCommands == 0)
            {
                client.AwaitReplies();
            }
        }

        client.AwaitReplies();
    }
}
