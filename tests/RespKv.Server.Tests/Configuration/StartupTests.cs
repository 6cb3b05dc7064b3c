using System.Net.Sockets;
using System.Text;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Storage.Files;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

public sealed class StartupTests
{
    private readonly ListLog _log = new();

    [Theory]
    [InlineData("always", EngineLogLevel.Notice, "Durability: appendfsync always: a write is acknowledged when it is on disk")]
    [InlineData("everysec", EngineLogLevel.Warning, "Durability: appendfsync everysec: a power cut loses up to the last 5000 ms of acknowledged writes")]
    [InlineData("no", EngineLogLevel.Warning, "Durability: appendfsync no: a power cut loses the acknowledged writes")]
    public void Durability_EachMode_IsSaidPlainly(string mode, EngineLogLevel level, string text)
    {
        new StartupLog(_log, ServerConfig.With(("appendfsync", mode), ("appendfsync-interval-ms", "5000"))).Durability();

        (EngineLogLevel Level, string Line) line = Assert.Single(_log.Lines);
        Assert.Equal(level, line.Level);
        Assert.StartsWith(text, line.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1 -::1 localhost", "", false)]
    [InlineData("*", "", true)]
    [InlineData("127.0.0.1 192.0.2.1", "", true)]
    [InlineData("*", "secret", false)]
    public void Starting_OpenToOthersWithoutAPassword_Warns(string bind, string password, bool warns)
    {
        new StartupLog(_log, ServerConfig.With(("bind", bind), ("requirepass", password))).Starting();

        Assert.Equal(warns, _log.Lines.Any(line => line.Line.StartsWith("No password is set", StringComparison.Ordinal)));
        Assert.DoesNotContain(_log.Lines, line => line.Line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void FitMaxClients_LimitTooLow_LowersItAndSaysSo()
    {
        var config = new ServerConfig();

        FileDescriptors.FitMaxClients(config, LimitsOf("1024"), _log);

        Assert.True(config.MaxClients is > 0 and < 1024);
        Assert.Equal(config.MaxClients, config.MaxClientsCeiling);
        Assert.Equal(EngineLogLevel.Warning, Assert.Single(_log.Lines).Level);
        Assert.NotNull(config.Set([("maxclients", "1024")]).ErrorText);
    }

    [Theory]
    [InlineData("1048576")]
    [InlineData("unlimited")]
    public void FitMaxClients_LimitHighEnough_ChangesNothing(string limit)
    {
        var config = new ServerConfig();

        FileDescriptors.FitMaxClients(config, LimitsOf(limit), _log);

        Assert.Equal(10_000, config.MaxClients);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void ReadLimit_FileIsMissing_IsUnknown() => Assert.Null(FileDescriptors.ReadLimit(new SimulatedFileSystem()));

    [Fact]
    public void ReadLimit_OfThisProcess_IsANumber() => Assert.NotNull(FileDescriptors.ReadLimit(new PosixFileSystem()));

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    public void SystemdNotifier_EachState_IsOneDatagram(string prefix)
    {
        using var directory = new TempDirectory();
        string name = directory.Inside("notify.sock");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(prefix == "@" ? "\0" + name : name));
        var notifier = new SystemdNotifier(prefix + name);

        notifier.Recovering();
        notifier.Ready();
        notifier.Stopping();

        Assert.StartsWith("STATUS=", Receive(systemd), StringComparison.Ordinal);
        Assert.StartsWith("READY=1\n", Receive(systemd), StringComparison.Ordinal);
        Assert.StartsWith("STOPPING=1\n", Receive(systemd), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/nobody/listens/here")]
    public void SystemdNotifier_NobodyListens_IsSilent(string? path) => new SystemdNotifier(path).Ready();

    private static string Receive(Socket socket)
    {
        var buffer = new byte[512];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    private static SimulatedFileSystem LimitsOf(string openFiles)
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/proc/self");
        using IFile file = files.Open("/proc/self/limits", FileOpenKind.CreateNew);
        file.Write(
            Encoding.ASCII.GetBytes($"Limit    Soft Limit   Hard Limit   Units\nMax processes   1  2  processes\nMax open files            {openFiles}          99999       files\n"),
            0);
        return files;
    }
}
