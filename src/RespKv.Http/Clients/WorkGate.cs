using System.Threading.RateLimiting;
using RespKv.Http.Api;

namespace RespKv.Http.Clients;

/// <summary>
/// How many requests the engine works on at a time (http-concurrency), so that not every thread of the pool stands in the turn, where RESP's event loops want to
/// go. The queue before it is bounded.
/// </summary>
internal sealed class WorkGate(int concurrency) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = concurrency,
        QueueLimit = HttpLimits.QueuedRequestsMax,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <exception cref="ProblemException">Too many wait already.</exception>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancel)
    {
        RateLimitLease lease = await _limiter.AcquireAsync(1, cancel).ConfigureAwait(false);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw new ProblemException(503, "too many requests are waiting; nothing was executed", "BUSY") { RetryAfterSeconds = 1 };
    }

    public void Dispose() => _limiter.Dispose();
}
