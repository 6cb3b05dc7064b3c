using Microsoft.AspNetCore.Http;
using RespKv.Http.Api;
using RespKv.Http.Clients;

namespace RespKv.Http.Metrics;

/// <summary>Statistics and metrics are for those who may run INFO.</summary>
internal static class InfoPermission
{
    /// <summary>False: it has been answered with what is missing.</summary>
    public static async Task<bool> HasAsync(HttpContext http)
    {
        try
        {
            using Lease client = await Leases.TakeAsync(http, 0, http.RequestAborted).ConfigureAwait(false);
            ProblemException.ThrowIfError(await client.ExecuteAsync(http.RequestAborted, Command.Of("INFO"u8, Command.Word("replication"u8))).ConfigureAwait(false));
            return true;
        }
        catch (Exception e) when (ProblemException.Of(e) is { } problem)
        {
            await Problems.WriteAsync(http, problem).ConfigureAwait(false);
            return false;
        }
    }
}
