using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

public sealed class ConfigFileReaderTests
{
    [Fact]
    public void Load_CommentsBlankLinesCaseAndCrLf_AreTakenAsInRedis()
    {
        ServerConfig config = ConfigSourcesMaker.LoadFile("# port 1\r\n\r\n  PORT 7000\r\n\tappendfsync NO\r\n");

        Assert.Equal(7000, config.Port);
        Assert.Equal(AppendFsync.No, config.AppendFsync);
    }

    [Fact]
    public void Load_DirectiveTwice_LaterLineWins()
    {
        Assert.Equal(3, ConfigSourcesMaker.LoadFile("timeout 1\ntimeout 2\ntimeout 3").TimeoutSeconds);
    }

    [Fact]
    public void Load_Include_IsReadAtItsPlace()
    {
        ServerConfig config = ConfigSourcesMaker.LoadFiles(
            ("main.conf", "timeout 1\nhz 20\ninclude \"more.conf\"\ntimeout 3"),
            ("more.conf", "timeout 2\nhz 30"));

        Assert.Equal(3, config.TimeoutSeconds);
        Assert.Equal(30, config.Hz);
        Assert.Equal(Path.GetFullPath("main.conf"), config.ConfigFile);
    }

    [Fact]
    public void Load_IncludeOfAPattern_ReadsWhatItMatches()
    {
        var texts = new Dictionary<string, string> { ["main.conf"] = "timeout 1\ninclude conf.d/*.conf", ["a"] = "hz 20", ["b"] = "timeout 2" };
        var sources = new ConfigSources("main.conf", path => texts[path], [], []) { FindFiles = pattern => pattern == "conf.d/*.conf" ? ["a", "b"] : [] };

        ServerConfig config = ConfigLoader.Load(sources);

        Assert.Equal(20, config.Hz);
        Assert.Equal(2, config.TimeoutSeconds);
    }

    [Fact]
    public void Load_EveryKindOfValue_ArrivesInItsProperty()
    {
        ServerConfig config = ConfigSourcesMaker.LoadFile(
            """
            bind * ::* -192.0.2.7
            unixsocket /run/respkv.sock
            dir "/srv/my data"
            appendfsync everysec
            appendfsync-interval-ms 5000
            wal-segment-size 1m
            databases 3
            maxclients 77
            requirepass "pässword"
            proto-max-bulk-len 2mb
            client-query-buffer-limit 3mb
            client-output-buffer-limit normal 1mb 2kb 3 pubsub 4 5 6
            client-output-buffer-limit slave 7 8 9
            hz 1000
            loglevel warning
            logfile x.log
            slowlog-log-slower-than -1
            slowlog-max-len 5
            latency-monitor-threshold 6
            enable-debug-command local
            """);

        Assert.Equal(["*", "::*", "-192.0.2.7"], config.Bind);
        Assert.Equal("/run/respkv.sock", config.UnixSocket);
        Assert.Equal("/srv/my data", config.Dir);
        Assert.Equal(AppendFsync.EverySec, config.AppendFsync);
        Assert.Equal(5000, config.AppendFsyncIntervalMillis);
        Assert.Equal(1_003_520, config.WalSegmentBytes);
        Assert.Equal(3, config.Databases);
        Assert.Equal(77, config.MaxClients);
        Assert.Equal("pässword"u8, config.RequirePassUtf8.Span);
        Assert.Equal(2 << 20, config.ProtoMaxBulkBytes);
        Assert.Equal(3 << 20, config.ClientQueryBufferBytesMax);
        Assert.Equal(new OutputBufferLimits(new(1 << 20, 2048, 3), new(7, 8, 9), new(4, 5, 6)), config.OutputBufferLimits);
        Assert.Equal(500, config.Hz);
        Assert.Equal(EngineLogLevel.Warning, config.LogLevel);
        Assert.Equal("x.log", config.LogFile);
        Assert.Equal(-1, config.SlowLogLogSlowerThanMicros);
        Assert.Equal(5, config.SlowLogMaxLength);
        Assert.Equal(6, config.LatencyMonitorThresholdMillis);
        Assert.Equal(DebugCommandAccess.Local, config.EnableDebugCommand);
    }

    [Theory]
    [InlineData("port", "wrong number of arguments; port takes an integer from 0 to 65535")]
    [InlineData("port 1 2", "wrong number of arguments; port takes an integer from 0 to 65535")]
    [InlineData("port 6380 # the port", "wrong number of arguments (a comment needs a line of its own)")]
    [InlineData("port abc", "argument couldn't be parsed into an integer; port takes an integer from 0 to 65535")]
    [InlineData("port 0x10", "argument couldn't be parsed into an integer")]
    [InlineData("port 010", "argument couldn't be parsed into an integer")]
    [InlineData("port +1", "argument couldn't be parsed into an integer")]
    [InlineData("port 99999999999999999999", "argument couldn't be parsed into an integer")]
    [InlineData("port 65536", "argument must be between 0 and 65535 inclusive")]
    [InlineData("port -1", "argument must be between 0 and 65535 inclusive")]
    [InlineData("wal-segment-size 64xb", "argument must be a memory value; wal-segment-size takes a size from 64kb to 4gb")]
    [InlineData("wal-segment-size 1kb", "argument must be between 65536 and 4294967296 inclusive")]
    [InlineData("appendfsync sometimes", "argument(s) must be one of the following: everysec, always, no")]
    [InlineData("appendfsync", "wrong number of arguments; appendfsync takes one of: everysec, always, no")]
    [InlineData("dir \"\"", "the data directory needs a path")]
    [InlineData("bind 1.2.3", "'1.2.3' is not an address")]
    [InlineData("bind example.org", "'example.org' is not an address")]
    [InlineData("bind", "wrong number of arguments; bind takes up to 16 addresses")]
    [InlineData("bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "Too many bind addresses specified.")]
    [InlineData("client-output-buffer-limit normal 1 2", "Wrong number of arguments in buffer limit configuration.")]
    [InlineData("client-output-buffer-limit", "wrong number of arguments; client-output-buffer-limit takes <class>")]
    [InlineData("client-output-buffer-limit other 1 2 3", "Invalid client class specified in buffer limit configuration.")]
    [InlineData("client-output-buffer-limit normal x 2 3", "Error in hard, soft or soft_seconds setting in buffer limit configuration.")]
    [InlineData("client-output-buffer-limit normal 1 x 3", "Error in hard, soft or soft_seconds setting in buffer limit configuration.")]
    [InlineData("client-output-buffer-limit normal 1 2 -3", "Error in hard, soft or soft_seconds setting in buffer limit configuration.")]
    [InlineData("appendonly never", "argument must be 'yes' or 'no'")]
    [InlineData("save 3600", "Invalid save parameters; save takes pairs of seconds and changes")]
    [InlineData("cluster-enabled yes", "only 'no' is accepted, because there is no cluster mode yet")]
    [InlineData("prot 6380", "unknown directive 'prot'; did you mean 'port'?")]
    [InlineData("apendfsync no", "unknown directive 'apendfsync'; did you mean 'appendfsync'?")]
    [InlineData("replicaof a 1", "wrong number of arguments; replicaof takes only \"\"")]
    [InlineData("frobnicate a 1", "unknown directive 'frobnicate'; respkv-server --print-config lists all directives")]
    [InlineData("port \"6380", "Unbalanced quotes in configuration line")]
    [InlineData("include", "wrong number of arguments: include takes the path of one file")]
    [InlineData("include nowhere.conf", "can't open config file 'nowhere.conf': No such file or directory")]
    public void Load_BadLine_NamesFileLineTextAndWhatIsRight(string line, string reason)
    {
        var e = Assert.Throws<ConfigException>(() => ConfigSourcesMaker.LoadFile("# first\n\n" + line + "\nport 1"));

        Assert.Equal(new ConfigOrigin("test.conf", 3), e.Origin);
        Assert.StartsWith("Reading test.conf, at line 3\n>>> '" + line.Split(' ')[0], e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BadLineInIncludedFile_NamesThatFile()
    {
        var e = Assert.Throws<ConfigException>(() => ConfigSourcesMaker.LoadFiles(("main.conf", "\ninclude more.conf"), ("more.conf", "hz x")));

        Assert.Equal(new ConfigOrigin("more.conf", 1), e.Origin);
    }

    [Fact]
    public void Load_FileThatIncludesItself_IsRefused()
    {
        var e = Assert.Throws<ConfigException>(() => ConfigSourcesMaker.LoadFile("include test.conf"));

        Assert.Contains("does a file include itself?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysSo()
    {
        var sources = new ConfigSources("gone.conf", _ => throw new FileNotFoundException("No such file or directory"), [], []);

        var e = Assert.Throws<ConfigException>(() => ConfigLoader.Load(sources));

        Assert.Equal("can't open config file 'gone.conf': No such file or directory", e.Message);
    }

    [Theory]
    [InlineData("requirepass one two")]
    [InlineData("requirepass \"one")]
    public void Load_BadLineWithPassword_DoesNotShowThePassword(string line)
    {
        var e = Assert.Throws<ConfigException>(() => ConfigSourcesMaker.LoadFile(line));

        Assert.Equal("requirepass (hidden)", e.Text);
        Assert.DoesNotContain("one", e.Message.Replace("none", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SaveLines_AddUpUntilOneTakesThemBack()
    {
        Assert.Equal("900 1 60 10", ConfigSourcesMaker.LoadFile("save 900 1\nsave 60 10").SavePoints);
        Assert.Equal("5 5", ConfigSourcesMaker.LoadFile("save 900 1\nsave \"\"\nsave 5 5").SavePoints);
        Assert.Equal("", ConfigSourcesMaker.LoadFile("save 900 1\nsave \"\"").SavePoints);
    }
}
