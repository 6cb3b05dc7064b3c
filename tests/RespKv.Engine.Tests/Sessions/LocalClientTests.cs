using System.Text;
using RespKv.Engine.Sessions;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.Sessions;

/// <summary>The client inside the process is told nothing earlier than one behind a socket (D1, D8), and nothing else.</summary>
public sealed class LocalClientTests
{
    [Fact]
    public async Task Write_is_not_answered_while_its_sync_is_held()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using LocalClient client = Connect(host);

        files.HoldSyncs();
        Task<LocalReply> writing = client.ExecuteAsync(Words("SET a 1"), default);
        await files.SyncHeldAsync();
        Assert.False(writing.IsCompleted);

        files.ReleaseSyncs();
        LocalReply reply = await writing;
        Assert.Equal("OK", Assert.Single(reply.Values).Text);
        Assert.Equal(1, reply.Lsn);
    }

    [Fact]
    public async Task Read_of_a_key_in_flight_waits_and_read_of_another_key_does_not()
    {
        var files = new SimulatedFileSystem();
        await using EngineHost host = await EngineHost.OpenAsync(files);
        using TestClient writer = host.Connect();
        using LocalClient reader = Connect(host);
        using LocalClient other = Connect(host);
        writer.Run("SET b old");

        files.HoldSyncs();
        writer.Send("SET", "a", "1");
        await files.SyncHeldAsync();
        Task<LocalReply> reading = reader.ExecuteAsync(Words("GET a"), default);
        Assert.Equal("old", (await other.ExecuteAsync(Words("GET b"), default)).Values[0].Text);
        Assert.False(reading.IsCompleted);

        files.ReleaseSyncs();
        LocalReply reply = await reading;
        Assert.Equal("1", reply.Values[0].Text);
        Assert.Equal(0, reply.Lsn);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_their_order_and_transactions_have_one_lsn()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using LocalClient client = Connect(host);

        LocalReply reply = await client.ExecuteAsync([Words("MULTI"), Words("SET a 1"), Words("INCR a"), Words("EXEC"), Words("GET a")], default);

        Assert.Equal(["OK", "QUEUED", "QUEUED"], reply.Values.Take(3).Select(value => value.Text));
        Assert.Equal([RespKind.SimpleString, RespKind.Integer], reply.Values[3].Items.Select(value => value.Kind));
        Assert.Equal("2", reply.Values[4].Text);
        Assert.Equal(1, reply.Lsn);
    }

    [Fact]
    public async Task Blocking_command_waits_for_its_key_and_the_requests_behind_it_wait_with_it()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using LocalClient client = Connect(host);

        Task<LocalReply> waiting = client.ExecuteAsync([Words("BLPOP jobs 0"), Words("LLEN jobs")], default);
        await Poll.UntilAsync("the client waits", () => client.Session.IsSuspended);
        Assert.False(waiting.IsCompleted);
        writer.Run("RPUSH jobs one two");

        LocalReply reply = await waiting;
        Assert.Equal(["jobs", "one"], reply.Values[0].Items.Select(value => value.Text));
        Assert.Equal(1, reply.Values[1].Integer);
        Assert.True(reply.Lsn > 0);
    }

    [Fact]
    public async Task Blocking_command_that_is_given_up_takes_nothing()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient writer = host.Connect();
        using var cancel = new CancellationTokenSource();
        using (LocalClient client = Connect(host))
        {
            Task<LocalReply> waiting = client.ExecuteAsync(Words("BLPOP jobs 0"), cancel.Token);
            await Poll.UntilAsync("the client waits", () => client.Session.IsSuspended);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.False(client.IsUsable);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => client.ExecuteAsync(Words("PING"), default));
        }

        writer.Run("RPUSH jobs one");
        Assert.Equal(1, writer.Run("LLEN jobs").Integer);
    }

    [Fact]
    public async Task Client_that_is_killed_gets_an_exception()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient killer = host.Connect();
        using LocalClient client = Connect(host);
        Task<LocalReply> waiting = client.ExecuteAsync(Words("BLPOP jobs 0"), default);
        await Poll.UntilAsync("the client waits", () => client.Session.IsSuspended);

        killer.Run($"CLIENT KILL ID {client.Session.Id}");

        Assert.Equal(LocalClientFailure.Cut, (await Assert.ThrowsAsync<LocalClientException>(() => waiting)).Failure);
        Assert.False(client.Begin(0));
    }

    [Fact]
    public async Task Begin_forgets_the_transaction_of_the_call_before_and_selects_the_database()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using LocalClient client = Connect(host);
        await client.ExecuteAsync([Words("WATCH a"), Words("MULTI"), Words("SET a 1")], default);

        Assert.True(client.Begin(3));

        Assert.Equal("PONG", (await client.ExecuteAsync(Words("PING"), default)).Values[0].Text);
        await client.ExecuteAsync(Words("SET a 3"), default);
        using TestClient other = host.Connect();
        Assert.Equal(0, other.Run("EXISTS a").Integer);
        Assert.Throws<ArgumentOutOfRangeException>(() => client.Begin(16));
    }

    [Fact]
    public async Task Arguments_and_replies_are_any_bytes_and_of_any_length()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using LocalClient client = Connect(host);
        byte[] value = new byte[3 * 1024 * 1024];
        new Random(7).NextBytes(value);

        await client.ExecuteAsync(["SET"u8.ToArray(), "k\0\r\n"u8.ToArray(), value], default);
        LocalReply reply = await client.ExecuteAsync(["GET"u8.ToArray(), "k\0\r\n"u8.ToArray()], default);

        Assert.True(reply.Values[0].Bytes.Span.SequenceEqual(value));
    }

    [Fact]
    public async Task Client_above_maxclients_is_not_there()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient only = host.Connect();
        only.Run("CONFIG SET maxclients 1");

        Assert.Null(LocalClient.Connect(host.Engine, "127.0.0.1:1", "127.0.0.1:2", "http"));
    }

    private static LocalClient Connect(EngineHost host)
    {
        LocalClient client = LocalClient.Connect(host.Engine, "127.0.0.1:1", "127.0.0.1:2", "http")!;
        Assert.True(client.Begin(0));
        return client;
    }

    private static ReadOnlyMemory<byte>[] Words(string line) => [.. line.Split(' ').Select(word => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(word)))];
}
