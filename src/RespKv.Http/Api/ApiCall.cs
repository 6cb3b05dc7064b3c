using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RespKv.Engine;
using RespKv.Engine.Sessions;
using RespKv.Http.Clients;

namespace RespKv.Http.Api;

/// <summary>One request of the API while it is served.</summary>
internal sealed class ApiCall : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private CancellationTokenRegistration _stopping;

    private ApiCall(HttpContext http, RespEngine engine, RawQuery query, CancellationTokenSource timeout)
    {
        Http = http;
        Engine = engine;
        Query = query;
        _timeout = timeout;
    }

    public HttpContext Http { get; }

    public RespEngine Engine { get; }

    public RawQuery Query { get; }

    /// <summary>Logged in, on the database of the parameter <c>db</c>.</summary>
    public Lease Client { get; private set; } = null!;

    /// <summary>The client went away, or http-timeout is over.</summary>
    public CancellationToken Cancel => _timeout.Token;

    /// <summary>A handler: everything that goes wrong in it becomes a problem.</summary>
    /// <param name="run">Answers the request.</param>
    /// <param name="parameters">Parameters of the query that it reads, besides <c>db</c>.</param>
    public static RequestDelegate Handler(Func<ApiCall, Task> run, params string[] parameters)
    {
        string[] known = ["db", .. parameters];
        return async http =>
        {
            var engine = http.RequestServices.GetRequiredService<RespEngine>();
            CancellationToken stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            try
            {
                var query = new RawQuery(http.Request.QueryString.Value, known);
                using var call = new ApiCall(http, engine, query, timeout);
                call.LimitTime();
                using Lease client = await Leases.TakeAsync(http, (int)(query.Integer("db", 0, int.MaxValue) ?? 0), timeout.Token).ConfigureAwait(false);
                call.Client = client;
                await run(call).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                await Problems.WriteAsync(http, new ProblemException(StatusCodes.Status503ServiceUnavailable, "the server is shutting down", "CLOSED") { RetryAfterSeconds = 1 }).ConfigureAwait(false);
            }
            catch (Exception e) when (ProblemException.Of(e) is { } problem)
            {
                await Problems.WriteAsync(http, problem).ConfigureAwait(false);
            }
        };
    }

    /// <summary>The request waits for as long as its arguments say, or until its client goes away.</summary>
    public void StartWaiting()
    {
        _timeout.CancelAfter(Timeout.InfiniteTimeSpan);

        // Only an orderly stop ends it: others get their time to finish.
        _stopping = Http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.UnsafeRegister(static timeout => ((CancellationTokenSource)timeout!).Cancel(), _timeout);
        Client.StartWaiting();
    }

    /// <exception cref="ProblemException">There is no memory for it.</exception>
    /// <exception cref="BadHttpRequestException">It is too large, comes too slowly or is malformed.</exception>
    public Task<RequestBody> ReadBodyAsync(long bytesMax)
        => RequestBody.ReadAsync(Http, Http.RequestServices.GetRequiredService<Leases>().Bodies, bytesMax, Cancel);

    public void Dispose() => _stopping.Dispose();

    private void LimitTime()
    {
        int seconds = Engine.Config.HttpTimeoutSeconds;
        if (seconds > 0)
        {
            _timeout.CancelAfter(TimeSpan.FromSeconds(seconds));
        }
    }
}
