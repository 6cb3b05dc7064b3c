using System.Net;
using RespKv.TestKit.Server;
using StackExchange.Redis;

namespace RespKv.RealInput;

/// <summary>StackExchange.Redis: asynchronous calls over one connection, many in flight.</summary>
internal sealed class StackExchangeLoader : ILoader
{
    /// <summary>Calls in flight: a deep pipeline, and a bound on what is unknown after a strike.</summary>
    private const int CallsMax = 2000;

    private static readonly int TimeoutMillis = (int)Poll.Deadline.TotalMilliseconds;

    public string Name => "StackExchange.Redis";

    public async Task<string?> LoadAsync(int port, IReadOnlyList<Record> records, Acknowledgements acknowledgements)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { IPAddress.Loopback, port } },
            ConnectTimeout = TimeoutMillis,
            SyncTimeout = TimeoutMillis,
        };
        using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(options);
        IDatabase db = redis.GetDatabase();
        using var window = new SemaphoreSlim(CallsMax);
        string? refused = null;
        for (int i = 0; i < records.Count && Volatile.Read(ref refused) is null; i++)
        {
            await window.WaitAsync();
            _ = SetAsync(i);
        }

        // All of the window is free again when every call has ended, well or not.
        for (int i = 0; i < CallsMax; i++)
        {
            await window.WaitAsync();
        }

        // Without QUIT, which the server may no longer be there to answer.
        redis.Close(allowCommandsToComplete: false);
        return refused;

        async Task SetAsync(int i)
        {
            try
            {
                if (await db.StringSetAsync(records[i].Key, records[i].Value))
                {
                    acknowledgements.Mark(i);
                }
            }
            catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException or ObjectDisposedException)
            {
                Interlocked.CompareExchange(ref refused, e.Message, null);
            }
            finally
            {
                window.Release();
            }
        }
    }
}
