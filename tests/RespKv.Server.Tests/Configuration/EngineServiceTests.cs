using Microsoft.Extensions.Hosting;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Server.Hosting;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

public sealed class EngineServiceTests : IDisposable
{
    private readonly FakeEngine _engine = new();
    private readonly FakeLifetime _lifetime = new();
    private readonly ListLog _log = new();
    private readonly TaskCompletionSource<int> _exitCode = new();
    private readonly ListenSockets _sockets;
    private readonly EngineService _service;
    private bool _logWasClosed;

    public EngineServiceTests()
    {
        ServerConfig config = ServerConfig.With(("port", $"{FreePort.Take()}"), ("bind", "127.0.0.1"));
        _sockets = ListenSockets.Bind(config, new PosixFileSystem(), _log);
        var exit = new ProcessExit(new Closer(() => _logWasClosed = true), code => _exitCode.SetResult(code));
        _service = new EngineService(_engine, _lifetime, new Listeners(_sockets, ListenSockets.BindForHttp(ServerConfig.With(("http-port", "0")), new PosixFileSystem(), _log)), new StartupLog(_log, config), new SystemdNotifier(null), exit);
    }

    public void Dispose()
    {
        _service.Dispose();
        _sockets.Dispose();
    }

    [Fact]
    public async Task Started_WhileTheEngineOpens_IsListeningButNotReady()
    {
        await _service.StartedAsync(default);
        Assert.StartsWith("Listening on 127.0.0.1:", LastLine, StringComparison.Ordinal);

        _engine.Opened.SetResult();
        await Poll.UntilAsync("ready is logged", () => LastLine == "Ready to accept connections");
    }

    [Fact]
    public async Task Stop_AfterOpening_StopsTheEngineAndSaysSo()
    {
        _engine.Opened.SetResult();
        await _service.StartedAsync(default);
        await _service.StoppingAsync(default);
        await _service.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal(1, _engine.StopCalls);
        Assert.Equal("Everything acknowledged is on disk, bye bye", LastLine);
        Assert.False(_exitCode.Task.IsCompleted);
    }

    [Fact]
    public async Task Stop_WhileOpening_CancelsTheOpening()
    {
        await _service.StartedAsync(default);
        await _service.StoppingAsync(default);
        await _service.StopAsync(default);

        Assert.True(_engine.OpenToken.IsCancellationRequested);
        Assert.False(_exitCode.Task.IsCompleted);
    }

    [Fact]
    public async Task Opening_Refused_EndsTheProcessWithItsCode()
    {
        _engine.Opened.SetException(new IOException("wal-1.log: bad checksum"));
        await _service.StartedAsync(default);

        Assert.Equal(ExitCodes.DataRefused, await _exitCode.Task);
        Assert.Contains("wal-1.log: bad checksum", LastLine, StringComparison.Ordinal);
        Assert.True(_logWasClosed);
    }

    [Fact]
    public async Task Opening_FailsUnexpectedly_EndsTheProcessWithTheStackInTheLog()
    {
        _engine.Opened.SetException(new InvalidOperationException("a bug"));
        await _service.StartedAsync(default);

        Assert.Equal(ExitCodes.DataRefused, await _exitCode.Task);
        Assert.Contains(nameof(InvalidOperationException), LastLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StorageFailure_WhileRunning_EndsTheProcessWithoutStoppingTheHost()
    {
        _engine.Opened.SetResult();
        await _service.StartedAsync(default);
        _engine.StoppedSource.SetResult(new IOException("fdatasync wal-1.log: EIO"));

        Assert.Equal(ExitCodes.StorageFailed, await _exitCode.Task);
        Assert.Contains("fdatasync wal-1.log: EIO", LastLine, StringComparison.Ordinal);
        Assert.Equal(0, _engine.StopCalls);
        Assert.False(_lifetime.StopAsked);
    }

    [Fact]
    public void ShutdownCommand_StopsTheHost()
    {
        _engine.Shutdown();

        Assert.True(_lifetime.StopAsked);
    }

    private string LastLine => _log.Lines.Count == 0 ? "" : _log.Lines[^1].Line;

    private sealed class FakeEngine : IEngineLifecycle
    {
        public event Action? ShutdownRequested;

        public TaskCompletionSource Opened { get; } = new();

        public TaskCompletionSource<Exception?> StoppedSource { get; } = new();

        public CancellationToken OpenToken { get; private set; }

        public int StopCalls { get; private set; }

        public Task<Exception?> Stopped => StoppedSource.Task;

        public Task OpenAsync(CancellationToken cancel)
        {
            OpenToken = cancel;
            return Opened.Task.WaitAsync(cancel);
        }

        public Task StopAsync()
        {
            StopCalls++;
            StoppedSource.TrySetResult(null);
            return Task.CompletedTask;
        }

        public void Shutdown() => ShutdownRequested?.Invoke();
    }

    private sealed class FakeLifetime : IHostApplicationLifetime
    {
        public bool StopAsked { get; private set; }

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => StopAsked = true;
    }

    private sealed class Closer(Action close) : IDisposable
    {
        public void Dispose() => close();
    }
}
