using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using RespKv.Engine;
using RespKv.Http.Api;
using RespKv.Http.Security;
using RespKv.Protocol;

namespace RespKv.Http.Clients;

/// <summary>Gives requests their database clients: who may come in, as whom, and how many at a time.</summary>
internal sealed class Leases(RespEngine engine) : IDisposable
{
    private readonly WorkGate _gate = new(engine.Config.HttpConcurrency);
    private readonly WrongPasswords _wrong = new();

    public BodyBudget Bodies { get; } = new(HttpLimits.BodyBytesInWorkMax);

    /// <summary>A client that is logged in as the request says, on a database.</summary>
    /// <exception cref="ProblemException">The request may not come in, or not now.</exception>
    public static Task<Lease> TakeAsync(HttpContext http, int database, CancellationToken cancel)
        => http.RequestServices.GetRequiredService<Leases>().OpenAsync(http, database, cancel);

    public void Dispose()
    {
        _gate.Dispose();
        _wrong.Dispose();
    }

    private async Task<Lease> OpenAsync(HttpContext http, int database, CancellationToken cancel)
    {
        if (database < 0 || database >= engine.Config.Databases)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "ERR DB index is out of range", "ERR");
        }

        ConnectionClients clients = http.Features.GetRequiredFeature<ConnectionClients>();
        Credentials? credentials = Credentials.Parse(http.Request.Headers.Authorization);
        if (credentials is not null && !http.Request.IsHttps && !clients.IsLocal && !engine.Config.HttpPlainAuth)
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, "a password came over a connection that is not encrypted: use https-port, or set http-plain-auth", "DENIED");
        }

        byte[] digest = credentials?.Digest() ?? [];
        ConnectionClient? client = null;
        try
        {
            client = clients.Rent(digest, database)
                ?? throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "ERR max number of clients reached", "ERR") { RetryAfterSeconds = 1 };
            client.Client.ReplyBytesLimit = (int)engine.Config.HttpMaxReplyBytes;
            if (credentials is not null && client.Credentials.Length == 0)
            {
                await LogInAsync(client, credentials, digest, http.Connection.RemoteIpAddress, cancel).ConfigureAwait(false);
            }

            if (client.Client.NeedsAuthentication)
            {
                throw new ProblemException(StatusCodes.Status401Unauthorized, "NOAUTH Authentication required.", "NOAUTH") { Challenges = true };
            }

            return new Lease(http, clients, client, _gate);
        }
        catch
        {
            if (client is not null)
            {
                clients.Return(client);
            }

            throw;
        }
    }

    private async Task LogInAsync(ConnectionClient client, Credentials credentials, byte[] digest, IPAddress? address, CancellationToken cancel)
    {
        if (!_wrong.MayTry(address))
        {
            throw new ProblemException(StatusCodes.Status429TooManyRequests, "too many wrong passwords", "BUSY") { RetryAfterSeconds = 1 };
        }

        using IDisposable permit = await _gate.EnterAsync(cancel).ConfigureAwait(false);
        RespValue reply = (await client.Client.ExecuteAsync(Command.Of("AUTH"u8, Bytes(credentials.User), Bytes(credentials.Password)), cancel).ConfigureAwait(false)).Values[0];
        if (reply.IsError)
        {
            _wrong.Count(address);
            throw ProblemException.Of(reply);
        }

        client.Credentials = digest;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
