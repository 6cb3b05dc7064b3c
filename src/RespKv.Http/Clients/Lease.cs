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
    private readonly WorkGate _gate;
    private bool _waits;

    public Lease(HttpContext http, ConnectionClients clients, ConnectionClient client, WorkGate gate)
    {
        _http = http;
        _clients = clients;
        _client = client;
        _gate = gate;
    }

    /// <summary>LSN of the last record that was written; 0: none was.</summary>
    public long Lsn { get; private set; }

    /// <summary>Executes one request. An error is a reply, too.</summary>
    /// <exception cref="LocalClientException">There is no reply.</exception>
    /// <exception cref="ProblemException">Too many requests wait already; nothing was executed.</exception>
    public async Task<RespValue> ExecuteAsync(CancellationToken cancel, params ReadOnlyMemory<byte>[] arguments)
        => (await ExecuteAsync([arguments], cancel).ConfigureAwait(false))[0];

    /// <summary>Executes requests, pipelined: in one turn unless one of them has to wait. Errors are replies, too.</summary>
    /// <inheritdoc cref="ExecuteAsync(CancellationToken, ReadOnlyMemory{byte}[])"/>
    public async Task<IReadOnlyList<RespValue>> ExecuteAsync(IReadOnlyList<IReadOnlyList<ReadOnlyMemory<byte>>> requests, CancellationToken cancel)
    {
        // Held while the engine works, and not while a body comes or a response goes: how long that takes is up to the client.
        using IDisposable? permit = _waits ? null : await _gate.EnterAsync(cancel).ConfigureAwait(false);
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

    /// <summary>What comes next may wait for very long: it is no request in work.</summary>
    public void StartWaiting() => _waits = true;

    public void Dispose() => _clients.Return(_client);
}
