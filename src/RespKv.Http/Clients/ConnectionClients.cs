using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using RespKv.Engine;
using RespKv.Engine.Sessions;

namespace RespKv.Http.Clients;

/// <summary>
/// The database clients of one HTTP connection: one is enough for HTTP/1.1, requests that HTTP/2 sends at the same time take more. A client belongs to
/// one request at a time, and stays for the next one, so that CLIENT LIST and the connection statistics show connections and not requests.
/// </summary>
internal sealed class ConnectionClients(RespEngine engine, EndPoint? remote, EndPoint? local) : IDisposable
{
    /// <summary>Clients that wait for the next request; further ones end with the request that needed them.</summary>
    private const int IdleMax = 2;

    private readonly Lock _gate = new();
    private readonly List<ConnectionClient> _idle = new(IdleMax);
    private bool _isClosed;

    /// <summary><c>ip:port</c> as CLIENT LIST shows it.</summary>
    public string RemoteAddress { get; } = AddressOf(remote);

    /// <summary>The other end is on this machine.</summary>
    public bool IsLocal { get; } = remote is IPEndPoint ip && IPAddress.IsLoopback(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address);

    /// <summary>Keeps the clients of a connection for as long as it lasts.</summary>
    public static ConnectionDelegate Around(RespEngine engine, ConnectionDelegate next) => async connection =>
    {
        using var clients = new ConnectionClients(engine, connection.RemoteEndPoint, connection.LocalEndPoint);
        connection.Features.Set(clients);
        await next(connection).ConfigureAwait(false);
    };

    /// <summary>A client for one request, preferably one that these credentials were used for. Null: there are <c>maxclients</c> already.</summary>
    /// <param name="credentials">Digest of the credentials; empty: none.</param>
    /// <param name="database">The database, which exists.</param>
    public ConnectionClient? Rent(byte[] credentials, int database)
    {
        while (TakeIdle(credentials) is { } idle)
        {
            if (idle.Client.Begin(database))
            {
                return idle;
            }

            idle.Client.Dispose();
        }

        if (LocalClient.Connect(engine, RemoteAddress, AddressOf(local), "http") is not { } client)
        {
            return null;
        }

        client.Begin(database);
        return new ConnectionClient(client);
    }

    /// <summary>Takes a client back after its request.</summary>
    public void Return(ConnectionClient client)
    {
        lock (_gate)
        {
            if (!_isClosed && client.Client.IsUsable && _idle.Count < IdleMax)
            {
                _idle.Add(client);
                return;
            }
        }

        client.Client.Dispose();
    }

    public void Dispose()
    {
        List<ConnectionClient> rest;
        lock (_gate)
        {
            _isClosed = true;
            rest = [.. _idle];
            _idle.Clear();
        }

        rest.ForEach(static client => client.Client.Dispose());
    }

    /// <summary>Whoever has logged in once cannot become nobody again: a client with other credentials is of no use.</summary>
    private ConnectionClient? TakeIdle(byte[] credentials)
    {
        ConnectionClient? stale = null;
        lock (_gate)
        {
            int at = _idle.FindLastIndex(each => each.IsFor(credentials));
            at = at < 0 ? _idle.FindLastIndex(each => each.Credentials.Length == 0) : at;
            if (at >= 0)
            {
                ConnectionClient found = _idle[at];
                _idle.RemoveAt(at);
                return found;
            }

            if (_idle.Count == IdleMax)
            {
                stale = _idle[0];
                _idle.RemoveAt(0);
            }
        }

        stale?.Client.Dispose();
        return null;
    }

    private static string AddressOf(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint ip)
        {
            return "?:0";
        }

        IPAddress address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]:{ip.Port}" : $"{address}:{ip.Port}";
    }
}

/// <summary>A client and what it has logged in with.</summary>
internal sealed class ConnectionClient(LocalClient client)
{
    public LocalClient Client { get; } = client;

    /// <summary>Digest of the credentials that it has logged in with; empty: none.</summary>
    public byte[] Credentials { get; set; } = [];

    public bool IsFor(byte[] credentials) => CryptographicOperations.FixedTimeEquals(Credentials, credentials);
}
