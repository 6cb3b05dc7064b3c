using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace RespKv.Http.Security;

/// <summary>How many wrong passwords an address may try. Right ones, and clients that are logged in already, are not counted. Addresses without any lately are forgotten.</summary>
internal sealed class WrongPasswords : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress?> _limiter = PartitionedRateLimiter.Create<IPAddress?, string>(static address
        => RateLimitPartition.GetTokenBucketLimiter(PartitionOf(address), static _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = HttpLimits.WrongPasswordsMax,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <summary>Whole ones only: acquiring none succeeds with any fraction of a token, of which there is always one.</summary>
    public bool MayTry(IPAddress? address) => _limiter.GetStatistics(address) is not { CurrentAvailablePermits: < 1 };

    public void Count(IPAddress? address) => _limiter.AttemptAcquire(address).Dispose();

    public void Dispose() => _limiter.Dispose();

    /// <summary>One machine has a whole /64 of IPv6.</summary>
    internal static string PartitionOf(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        return Convert.ToHexString(address.GetAddressBytes(), 0, 8);
    }
}
