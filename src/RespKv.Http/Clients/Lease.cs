using System.Globalization;
using Microsoft.AspNetCore.Http;
using RespKv.Engine;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;
using RespKv.Http.Api;
using RespKv.Protocol;

namespace RespKv.Http.Clients;

/// <summary>A database client for the time of one request, logged in with the request's credentials. Disposing gives it back.</summary>
internal sealed class Lease : IDisposable
{
    private readonly HttpContext _http;
    private readonly ConnectionClients _clients;
    private readonly ConnectionClient _client;
    private IDisposable? _permit;

    public Lease(HttpContext http, ConnectionClients clients, ConnectionClient client, IDisposable permit)
    {
        _http = http;
        _clients = clients;
        _client = client;
        _permit = permit;
    }

    /// <summary>LSN of the last record that was written; 0: none was.</summary>
    public long Lsn { get; private set; }

    /// <summary>Executes one request. An error is a reply, too.</summary>
    /// <exception cref="LocalClientException">There is no reply.</exception>
    public async Task<RespValue> ExecuteAsync(CancellationToken cancel, params ReadOnlyMemory<byte>[] arguments)
        => (await ExecuteAsync([arguments], cancel).ConfigureAwait(false))[0];

    /// <summary>Executes requests, pipelined: in one turn unless one of them has to wait. Errors are replies, too.</summary>
    /// <exception cref="LocalClientException">There is no reply.</exception>
    public async Task<IReadOnlyList<RespValue>> ExecuteAsync(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<byte>>> requests, CancellationToken cancel)
    {
        LocalReply reply = await _client.Client.ExecuteAsync(requests, cancel).ConfigureAwait(false);
        if (reply.Lsn > 0)
        {
            Lsn = reply.Lsn;
            _http.Response.Headers[ApiHeaders.Lsn] = reply.Lsn.ToString(CultureInfo.InvariantCulture);
        }

        return reply.Values;
    }

    /// <summary>Opens a stream of events for the user that the request has logged in as; it is independent of this client.</summary>
    public EventStream? OpenEvents(RespEngine engine, EventFilter filter, out EventStreamRefusal refusal)
        => EventStream.Open(engine, _client.Client, filter, out refusal);

    /// <summary>From here on the request may wait for very long: it no longer counts as one in work.</summary>
    public void StartWaiting()
    {
        _permit?.Dispose();
        _permit = null;
    }

    public void Dispose()
    {
        _clients.Return(_client);
        StartWaiting();
    }
}
