using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Hosting.Transport;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Transport;

/// <summary>The transport as Kestrel and its middleware see it: pipes, whoever reads and writes them and however.</summary>
public sealed class SocketTransportTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CountedRounds _rounds = new();
    private readonly ListenSockets _sockets;
    private readonly SocketTransport _transport;
    private readonly int _port = FreePort.Take();
    private IConnectionListener? _listener;

    public SocketTransportTests()
    {
        ServerConfig config = ServerConfig.With(("port", $"{_port}"), ("bind", "127.0.0.1"));
        _sockets = ListenSockets.Bind(config, new PosixFileSystem(), new ListLog());
        _transport = new SocketTransport(_sockets, _rounds, loops: 2, backlog: 511);
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _transport.Dispose();
        _sockets.Dispose();
    }

    [Fact]
    public async Task Bytes_go_both_ways()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            await client.SendAsync("hello"u8.ToArray());
            Assert.Equal("hello", await ReadTextAsync(server));

            server.Transport.Output.Write("world"u8);
            FlushResult flushed = await server.Transport.Output.FlushAsync();

            Assert.False(flushed.IsCompleted);
            Assert.Equal("world", await ReceiveTextAsync(client, 5));
        }
    }

    [Fact]
    public async Task What_a_reader_leaves_behind_comes_again_with_what_follows()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            PipeReader input = server.Transport.Input;
            byte[] sent = new byte[5 * EventLoop.ReceiveBytesMax / 2];
            Random.Shared.NextBytes(sent);
            Task<int> sending = client.SendAsync(sent);

            ReadOnlySequence<byte> seen;
            while (true)
            {
                ReadResult read = await input.ReadAsync().AsTask().WaitAsync(Limit);
                seen = read.Buffer;
                if (seen.Length >= sent.Length)
                {
                    break;
                }

                // Examined to the end, consumed but for all: the next read waits for more.
                input.AdvanceTo(seen.Start, seen.End);
            }

            await sending;
            Assert.Equal(sent, seen.ToArray());
            input.AdvanceTo(seen.GetPosition(sent.Length - 3));

            // Not examined: it is there at once.
            Assert.True(input.TryRead(out ReadResult rest));
            Assert.Equal(sent[^3..], rest.Buffer.ToArray());
            input.AdvanceTo(rest.Buffer.End);
            Assert.False(input.TryRead(out _));
        }
    }

    [Fact]
    public async Task A_reader_may_keep_its_buffer_while_others_receive()
    {
        (Socket slow, ConnectionContext slowServer) = await ConnectAsync();
        (Socket other, ConnectionContext otherServer) = await ConnectAsync();
        (Socket third, ConnectionContext thirdServer) = await ConnectAsync();
        using (slow)
        using (other)
        using (third)
        await using (slowServer)
        await using (otherServer)
        await using (thirdServer)
        {
            await slow.SendAsync("kept by one"u8.ToArray());
            ReadResult kept = await slowServer.Transport.Input.ReadAsync().AsTask().WaitAsync(Limit);

            // The first and the third share a loop, and with it what is received into.
            foreach ((Socket client, ConnectionContext server) in new[] { (other, otherServer), (third, thirdServer) })
            {
                await client.SendAsync("overwritten"u8.ToArray());
                Assert.Equal("overwritten", await ReadTextAsync(server));
            }

            Assert.Equal("kept by one", Encoding.ASCII.GetString(kept.Buffer));
            slowServer.Transport.Input.AdvanceTo(kept.Buffer.End);
        }
    }

    [Fact]
    public async Task A_client_that_closes_its_sending_half_is_read_to_the_end_and_answered()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            await client.SendAsync("last words"u8.ToArray());
            client.Shutdown(SocketShutdown.Send);
            await CancelledAsync(server.ConnectionClosed);

            Assert.Equal("last words", await ReadTextAsync(server));
            ReadResult end = await server.Transport.Input.ReadAsync().AsTask().WaitAsync(Limit);
            Assert.True(end.IsCompleted);
            Assert.True(end.Buffer.IsEmpty);
            server.Transport.Input.AdvanceTo(end.Buffer.End);

            server.Transport.Output.Write("answer"u8);
            await server.Transport.Output.FlushAsync();
            Assert.Equal("answer", await ReceiveTextAsync(client, 6));
        }
    }

    [Fact]
    public async Task A_client_that_is_gone_is_noticed_though_nobody_reads()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        await using (server)
        {
            await client.SendAsync(new byte[10]);
            client.Close(0);

            await CancelledAsync(server.ConnectionClosed);

            // What had come before the reset comes first.
            Assert.Equal(10, (await ReadTextAsync(server)).Length);
            await Assert.ThrowsAsync<ConnectionResetException>(() => server.Transport.Input.ReadAsync().AsTask().WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task Output_that_the_client_does_not_take_waits_and_leaves_in_order()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            byte[] large = new byte[32 * 1024 * 1024];
            Random.Shared.NextBytes(large);
            PipeWriter output = server.Transport.Output;
            output.Write(large);
            Task<FlushResult> flush = output.FlushAsync().AsTask();
            Assert.False(flush.IsCompleted);

            byte[] received = new byte[large.Length];
            for (int at = 0; at < received.Length;)
            {
                int count = await client.ReceiveAsync(received.AsMemory(at));
                Assert.NotEqual(0, count);
                at += count;
            }

            await flush.WaitAsync(Limit);
            Assert.Equal(large, received);
            Assert.Equal(0, output.UnflushedBytes);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Output_to_a_client_that_is_gone_is_dropped_however_often_it_is_tried(bool waits)
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        await using (server)
        {
            PipeWriter output = server.Transport.Output;
            Task<FlushResult>? waiting = null;
            if (waits)
            {
                output.Write(new byte[32 * 1024 * 1024]);
                waiting = output.FlushAsync().AsTask();
            }

            client.Close(0);
            await CancelledAsync(server.ConnectionClosed);
            if (waiting is not null)
            {
                await Assert.ThrowsAsync<ConnectionResetException>(() => waiting.WaitAsync(Limit));
                Assert.Equal(0, output.UnflushedBytes);
            }

            for (int i = 0; i < 10; i++)
            {
                output.Write(new byte[64 * 1024]);
                await Assert.ThrowsAsync<ConnectionResetException>(() => output.FlushAsync().AsTask());
                Assert.Equal(0, output.UnflushedBytes);
            }
        }
    }

    [Fact]
    public async Task A_read_that_waits_can_be_cancelled_and_loses_nothing()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            PipeReader input = server.Transport.Input;
            Task<ReadResult> waiting = input.ReadAsync().AsTask();
            input.CancelPendingRead();
            ReadResult cancelled = await waiting.WaitAsync(Limit);
            Assert.True(cancelled.IsCanceled);
            input.AdvanceTo(cancelled.Buffer.End);

            // Without a read that waits, the next one is.
            input.CancelPendingRead();
            cancelled = await input.ReadAsync();
            Assert.True(cancelled.IsCanceled);
            input.AdvanceTo(cancelled.Buffer.End);

            await client.SendAsync("still there"u8.ToArray());
            Assert.Equal("still there", await ReadTextAsync(server));
        }
    }

    [Fact]
    public async Task An_abort_ends_both_pipes_and_resets_the_client()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            Task<ReadResult> read = server.Transport.Input.ReadAsync().AsTask();
            server.Transport.Output.Write(new byte[32 * 1024 * 1024]);
            Task<FlushResult> flush = server.Transport.Output.FlushAsync().AsTask();

            server.Abort(new ConnectionAbortedException("for the test"));

            Assert.Equal("for the test", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.WaitAsync(Limit))).Message);
            await Assert.ThrowsAsync<ConnectionAbortedException>(() => flush.WaitAsync(Limit));
            await CancelledAsync(server.ConnectionClosed);
            SocketException reset = await Assert.ThrowsAsync<SocketException>(() => DrainAsync(client));
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
    }

    [Fact]
    public async Task What_was_flushed_reaches_a_client_whose_own_bytes_nobody_read()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        {
            await client.SendAsync(new byte[100_000]);
            server.Transport.Output.Write("-ERR max number of clients reached\r\n"u8);
            await server.Transport.Output.FlushAsync();
            await server.DisposeAsync();

            Assert.Equal("-ERR max number of clients reached\r\n", await DrainAsync(client));
        }
    }

    [Fact]
    public async Task A_client_that_always_has_more_leaves_the_others_their_rounds()
    {
        // Three, dealt out to two loops: the first and the third share one.
        (Socket flood, ConnectionContext floodServer) = await ConnectAsync();
        (Socket between, ConnectionContext betweenServer) = await ConnectAsync();
        (Socket other, ConnectionContext otherServer) = await ConnectAsync();
        using (flood)
        using (between)
        using (other)
        await using (floodServer)
        await using (betweenServer)
        await using (otherServer)
        {
            using var stop = new CancellationTokenSource();
            Task sending = SendUntilAsync(flood, stop.Token);
            Task reading = ReadAllAsync(floodServer);
            for (int i = 0; i < 20; i++)
            {
                await other.SendAsync("me too"u8.ToArray());
                Assert.Equal("me too", await ReadTextAsync(otherServer));
            }

            await stop.CancelAsync();
            await sending.WaitAsync(Limit);
            flood.Shutdown(SocketShutdown.Send);
            await reading.WaitAsync(Limit);
        }
    }

    [Fact]
    public async Task Rounds_begin_and_end_in_turn_around_what_is_received()
    {
        (Socket client, ConnectionContext server) = await ConnectAsync();
        using (client)
        await using (server)
        {
            Task<bool> reading = ReadInRoundAsync(server);
            await client.SendAsync("x"u8.ToArray());

            Assert.True(await reading.WaitAsync(Limit));
        }
    }

    private async Task<bool> ReadInRoundAsync(ConnectionContext server)
    {
        ReadResult read = await server.Transport.Input.ReadAsync().ConfigureAwait(false);
        bool inRound = _rounds.IsInRound;
        server.Transport.Input.AdvanceTo(read.Buffer.End);
        return inRound;
    }

    private static async Task SendUntilAsync(Socket socket, CancellationToken stop)
    {
        byte[] bytes = new byte[1024 * 1024];
        while (!stop.IsCancellationRequested)
        {
            await socket.SendAsync(bytes);
        }
    }

    private static async Task ReadAllAsync(ConnectionContext server)
    {
        while (true)
        {
            ReadResult read = await server.Transport.Input.ReadAsync();
            server.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task<string> ReadTextAsync(ConnectionContext server)
    {
        ReadResult read = await server.Transport.Input.ReadAsync().AsTask().WaitAsync(Limit);
        string text = Encoding.ASCII.GetString(read.Buffer);
        server.Transport.Input.AdvanceTo(read.Buffer.End);
        return text;
    }

    private static async Task<string> ReceiveTextAsync(Socket client, int bytes)
    {
        byte[] buffer = new byte[bytes];
        for (int at = 0; at < bytes;)
        {
            int count = await client.ReceiveAsync(buffer.AsMemory(at)).AsTask().WaitAsync(Limit);
            Assert.NotEqual(0, count);
            at += count;
        }

        return Encoding.ASCII.GetString(buffer);
    }

    /// <summary>Everything until the other side closes.</summary>
    private static async Task<string> DrainAsync(Socket client)
    {
        byte[] buffer = new byte[64 * 1024];
        var text = new StringBuilder();
        while (await client.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Limit) is var count and > 0)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private static async Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        using CancellationTokenRegistration registration = token.Register(() => cancelled.TrySetResult());
        await cancelled.Task.WaitAsync(Limit, CancellationToken.None);
    }

    private async Task<(Socket Client, ConnectionContext Server)> ConnectAsync()
    {
        _listener ??= await _transport.BindAsync(_sockets.EndPoints[0]);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port));
        ConnectionContext? server = await _listener.AcceptAsync().AsTask().WaitAsync(Limit);
        return (client, server!);
    }

    private sealed class CountedRounds : IRounds
    {
        [ThreadStatic]
        private static bool _inRound;

        public bool IsInRound => _inRound;

        public void PlaceThread()
        {
        }

        public void BeginRound()
        {
            Assert.False(_inRound);
            _inRound = true;
        }

        public void EndRound()
        {
            Assert.True(_inRound);
            _inRound = false;
        }
    }
}
