using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Http.Api;

namespace RespKv.Http.Security;

/// <summary>http-rate-limit, by the framework's rate limiter.</summary>
internal static class RateLimit
{
    public static void Add(IServiceCollection services, int requestsPerSecond)
        => services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(
                WrongPasswords.PartitionOf(http.Connection.RemoteIpAddress), _ => Bucket(requestsPerSecond)));
            options.OnRejected = RefuseAsync;
        });

    private static TokenBucketRateLimiterOptions Bucket(int requestsPerSecond) => new()
    {
        TokenLimit = requestsPerSecond * HttpLimits.RateBurst,
        TokensPerPeriod = requestsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    };

    private static ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancel)
    {
        const string Detail = "more requests than http-rate-limit allows; nothing was executed";
        var problem = new ProblemException(StatusCodes.Status429TooManyRequests, Detail, "BUSY") { RetryAfterSeconds = 1 };
        return new ValueTask(Problems.WriteAsync(rejected.HttpContext, problem));
    }
}
