using System.Text.RegularExpressions;
using RespKv.Engine;
using RespKv.Engine.Configuration;
using RespKv.Server.Logging;
using RespKv.TestKit.Server;

namespace RespKv.Server.Tests.Configuration;

public sealed class LogTests
{
    [Theory]
    [InlineData(EngineLogLevel.Debug, '.')]
    [InlineData(EngineLogLevel.Verbose, '-')]
    [InlineData(EngineLogLevel.Notice, '*')]
    [InlineData(EngineLogLevel.Warning, '#')]
    public void Format_EachLevel_HasRedisMark(EngineLogLevel level, char mark)
    {
        var time = new DateTimeOffset(2026, 11, 3, 4, 5, 6, 78, TimeSpan.FromHours(1));

        Assert.Equal($"42:M 03 Nov 2026 04:05:06.078 {mark} text\n", new LogLineFormat(42).Format(time, level, "text"));
    }

    [Fact]
    public void Format_ControlCharacters_CannotStartALineOfTheirOwn()
    {
        string line = new LogLineFormat(1).Format(DateTimeOffset.UnixEpoch, EngineLogLevel.Notice, "a\r\nb\tc\0");

        Assert.EndsWith(" * a | b c\\x00\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_BelowTheLevel_IsLeftOutUntilTheLevelChanges()
    {
        var config = new ServerConfig();
        using var output = new ListOutput();
        using (var log = new ServerLog(config, output, TimeProvider.System))
        {
            log.Write(EngineLogLevel.Verbose, "one");
            log.Write(EngineLogLevel.Notice, "two");
            config.Set([("loglevel", "verbose")]);
            log.Write(EngineLogLevel.Verbose, "three");
        }

        Assert.Equal(["two", "three"], output.Texts);
    }

    [Fact]
    public void Write_MoreThanTheQueueTakes_SaysHowManyWereDropped()
    {
        using var output = new ListOutput(held: true);
        using (var log = new ServerLog(new ServerConfig(), output, TimeProvider.System))
        {
            log.Write(EngineLogLevel.Notice, "first");
            output.Entered.Wait();
            for (int i = 0; i < ServerLog.QueuedLinesMax + 3; i++)
            {
                log.Write(EngineLogLevel.Notice, "more");
            }

            output.Release();
        }

        Assert.Equal(1 + ServerLog.QueuedLinesMax + 1, output.Texts.Count);
        Assert.StartsWith("3 log lines were dropped", output.Texts[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Append_AfterTheFileWasRenamed_GoesToANewFile()
    {
        using var directory = new TempDirectory();
        string path = directory.Inside("x.log");
        var output = new FileLogOutput(path);

        output.Append("one\n");
        File.Move(path, path + ".1");
        output.Append("two\n");

        Assert.Equal("one\n", File.ReadAllText(path + ".1"));
        Assert.Equal("two\n", File.ReadAllText(path));
    }

    [Fact]
    public void FileLogOutput_DirectoryIsMissing_IsToldAtOnce()
    {
        using var directory = new TempDirectory();

        Assert.Throws<DirectoryNotFoundException>(() => new FileLogOutput(directory.Inside("no/x.log")));
    }

    /// <summary>Keeps the texts without what stands in front of them; held, it stops at the first line until released.</summary>
    private sealed class ListOutput(bool held = false) : ILogOutput, IDisposable
    {
        private static readonly Regex LinePrefix = new(@"^\d+:M \d\d \w+ \d+ [\d:.]+ . ");

        private readonly ManualResetEventSlim _released = new(!held);

        public ManualResetEventSlim Entered { get; } = new(false);

        public List<string> Texts { get; } = [];

        public void Release() => _released.Set();

        public void Dispose()
        {
            _released.Dispose();
            Entered.Dispose();
        }

        public void Append(string lines)
        {
            Entered.Set();
            _released.Wait();
            Texts.AddRange(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => LinePrefix.Replace(line, "")));
        }
    }
}
