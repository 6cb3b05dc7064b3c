using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

public sealed class ConfigLoaderTests
{
    [Fact]
    public void Load_NoSources_GivesTheDefaults()
    {
        ServerConfig config = ConfigSourcesMaker.LoadOptions();

        Assert.Equal(6380, config.Port);
        Assert.Equal(["127.0.0.1", "-::1"], config.Bind);
        Assert.Equal(Path.GetFullPath("data"), config.Dir);
        Assert.Equal(AppendFsync.Always, config.AppendFsync);
        Assert.Equal(1000, config.AppendFsyncIntervalMillis);
        Assert.Equal(64 << 20, config.WalSegmentBytes);
        Assert.Equal(10_000, config.MaxClients);
        Assert.Equal(512 << 20, config.ProtoMaxBulkBytes);
        Assert.Equal(10, config.Hz);
        Assert.Null(config.ConfigFile);
        Assert.True(config.RequirePassUtf8.IsEmpty);
    }

    [Theory]
    [InlineData(false, false, false, 0)]
    [InlineData(true, false, false, 1)]
    [InlineData(true, true, false, 2)]
    [InlineData(true, true, true, 3)]
    [InlineData(true, false, true, 3)]
    [InlineData(false, true, true, 3)]
    public void Load_SeveralSources_OptionsBeatEnvironmentBeatsFileBeatsDefault(bool file, bool environment, bool option, int expected)
    {
        ServerConfig config = ConfigSourcesMaker.Load(
            file ? [("test.conf", "timeout 1")] : [],
            environment ? [("RESPKV_TIMEOUT", "2")] : [],
            option ? [("timeout", ["3"])] : []);

        Assert.Equal(expected, config.TimeoutSeconds);
    }

    [Fact]
    public void Load_Environment_TakesUnderscoresAndUnquotedValues()
    {
        ServerConfig config = ConfigSourcesMaker.LoadEnvironment(
            ("RESPKV_WAL_SEGMENT_SIZE", "16mb"),
            ("RESPKV_REQUIREPASS", "a \"b\" c"),
            ("RESPKV_BIND", "* ::*"),
            ("PATH", "/bin"),
            ("respkv_port", "1"));

        Assert.Equal(16 << 20, config.WalSegmentBytes);
        Assert.Equal("a \"b\" c", config.RequirePass);
        Assert.Equal(["*", "::*"], config.Bind);
        Assert.Equal(6380, config.Port);
    }

    [Theory]
    [InlineData("RESPKV_PRT", "1", "unknown directive 'prt'; did you mean 'port'?")]
    [InlineData("RESPKV_PORT", "x", "argument couldn't be parsed into an integer; port takes an integer from 0 to 65535")]
    [InlineData("RESPKV_PORT_", "1", "unknown directive 'port-'")]
    public void Load_BadVariable_NamesIt(string name, string value, string reason)
    {
        var e = Assert.Throws<ConfigException>(() => ConfigSourcesMaker.LoadEnvironment((name, value)));

        Assert.StartsWith($"Reading the environment variable {name}\n", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_VariablesOfAServiceNamedRespkv_AreNotMeantForUs()
    {
        ServerConfig config = ConfigSourcesMaker.LoadEnvironment(
            ("RESPKV_SERVICE_HOST", "10.0.0.1"),
            ("RESPKV_SERVICE_PORT", "6380"),
            ("RESPKV_PORT", "tcp://10.0.0.1:6380"),
            ("RESPKV_PORT_6380_TCP_ADDR", "10.0.0.1"));

        Assert.Equal(6380, config.Port);
    }

    [Fact]
    public void Load_BadOption_NamesTheCommandLine()
    {
        var e = Assert.Throws<ConfigException>(() => ConfigSourcesMaker.LoadOptions(("hz", ["x"])));

        Assert.StartsWith("Reading the command line\n>>> 'hz x'\n", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SeveralWordsInOneArgument_AreSplitWhereADirectiveTakesMany()
    {
        ServerConfig config = ConfigSourcesMaker.LoadOptions(("client-output-buffer-limit", ["normal 1 2 3"]), ("bind", ["127.0.0.1 ::1"]));

        Assert.Equal(new OutputBufferLimit(1, 2, 3), config.OutputBufferLimits.Normal);
        Assert.Equal(["127.0.0.1", "::1"], config.Bind);
    }

    [Theory]
    [InlineData("port", "0")]
    [InlineData("bind", "")]
    public void Load_NothingToListenOn_IsRefused(string name, string value)
    {
        var e = Assert.Throws<ConfigException>(() => ConfigSourcesMaker.LoadOptions((name, [value])));

        Assert.Contains("Configured to not listen anywhere", e.Message, StringComparison.Ordinal);
        _ = ConfigSourcesMaker.LoadOptions((name, [value]), ("unixsocket", ["/run/x.sock"]));
    }

    [Fact]
    public void With_BadSetting_ThrowsWithoutAPlace()
    {
        var e = Assert.Throws<ConfigException>(() => ServerConfig.With(("port", "x")));

        Assert.StartsWith(">>> 'port x'\n", e.Message, StringComparison.Ordinal);
        Assert.Equal(7000, ServerConfig.With(("port", "7000")).Port);
    }
}
