using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

public sealed class ConfigSetTests
{
    private readonly ServerConfig _config = new();

    [Fact]
    public void Set_SeveralValues_AppliesAllThenRaisesChangedForEach()
    {
        var changes = new List<(string Name, int Timeout, long MaxClients)>();
        _config.Changed += name => changes.Add((name, _config.TimeoutSeconds, _config.MaxClients));

        Assert.True(_config.Set([("timeout", "5"), ("MaxClients", "7"), ("requirepass", "x y")]).Succeeded);

        Assert.Equal("x y", _config.RequirePass);
        Assert.Equal([("timeout", 5, 7), ("maxclients", 5, 7), ("requirepass", 5, 7)], changes);
    }

    // The texts are those of redis-server 7.0.15.
    [Theory]
    [InlineData("port", "1", "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port: it is chosen when the server starts.")]
    [InlineData("UnixSocket", "1", "ERR CONFIG SET failed (possibly related to argument 'UnixSocket') - can't set immutable config")]
    [InlineData("maxmemory-clients", "200%", "ERR CONFIG SET failed (possibly related to argument 'maxmemory-clients') - percentage argument must be less or equal to 100")]
    [InlineData("maxmemory-clients", "-1", "ERR CONFIG SET failed (possibly related to argument 'maxmemory-clients') - argument must be a memory or percent value")]
    [InlineData("latency-tracking", "maybe", "ERR CONFIG SET failed (possibly related to argument 'latency-tracking') - argument must be 'yes' or 'no'")]
    [InlineData("latency-tracking-info-percentiles", "50 x", "ERR CONFIG SET failed (possibly related to argument 'latency-tracking-info-percentiles') - Invalid latency-tracking-info-percentiles parameters")]
    [InlineData("latency-tracking-info-percentiles", "50 101", "ERR CONFIG SET failed (possibly related to argument 'latency-tracking-info-percentiles') - latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")]
    [InlineData("save", "60", "ERR CONFIG SET failed (possibly related to argument 'save') - Invalid save parameters")]
    [InlineData("save", "0 1", "ERR CONFIG SET failed (possibly related to argument 'save') - Invalid save parameters")]
    [InlineData("shutdown-on-sigterm", "save nosave", "ERR CONFIG SET failed (possibly related to argument 'shutdown-on-sigterm') - shutdown options SAVE and NOSAVE can't be used simultaneously")]
    [InlineData("shutdown-on-sigterm", "later", "ERR CONFIG SET failed (possibly related to argument 'shutdown-on-sigterm') - argument(s) must be one of the following: default, save, nosave, now, force")]
    [InlineData("oom-score-adj-values", "1 2", "ERR CONFIG SET failed (possibly related to argument 'oom-score-adj-values') - wrong number of arguments")]
    [InlineData("oom-score-adj-values", "1 2 3000", "ERR CONFIG SET failed (possibly related to argument 'oom-score-adj-values') - Invalid oom-score-adj-values, elements must be between -2000 and 2000.")]
    [InlineData("min-slaves-to-write", "1", "ERR CONFIG SET failed (possibly related to argument 'min-slaves-to-write') - only '0' is accepted, because there is no replication yet")]
    [InlineData("databases", "3", "ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config")]
    [InlineData("foo", "1", "ERR Unknown option or number of arguments for CONFIG SET - 'foo'")]
    [InlineData("hz", "-5", "ERR CONFIG SET failed (possibly related to argument 'hz') - argument must be between 0 and 2147483647 inclusive")]
    [InlineData("hz", " 10", "ERR CONFIG SET failed (possibly related to argument 'hz') - argument couldn't be parsed into an integer")]
    [InlineData("maxclients", "0", "ERR CONFIG SET failed (possibly related to argument 'maxclients') - argument must be between 1 and 4294967295 inclusive")]
    [InlineData("slowlog-log-slower-than", "-2", "ERR CONFIG SET failed (possibly related to argument 'slowlog-log-slower-than') - argument must be between -1 and 9223372036854775807 inclusive")]
    [InlineData("appendfsync", "everysec", "ERR CONFIG SET failed (possibly related to argument 'appendfsync') - can't set immutable config")]
    [InlineData("loglevel", "", "ERR CONFIG SET failed (possibly related to argument 'loglevel') - argument(s) must be one of the following: debug, verbose, notice, warning")]
    [InlineData("proto-max-bulk-len", "1xb", "ERR CONFIG SET failed (possibly related to argument 'proto-max-bulk-len') - argument must be a memory value")]
    [InlineData("client-query-buffer-limit", "1", "ERR CONFIG SET failed (possibly related to argument 'client-query-buffer-limit') - argument must be between 1048576 and 9223372036854775807 inclusive")]
    [InlineData("client-output-buffer-limit", "foo 1 2 3", "ERR CONFIG SET failed (possibly related to argument 'client-output-buffer-limit') - Invalid client class specified in buffer limit configuration.")]
    [InlineData("maxmemory", "1tb", "ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value")]
    public void Set_BadSetting_GetsRedisErrorAndChangesNothing(string name, string value, string error)
    {
        string before = _config.RewriteText(null);
        bool raised = false;
        _config.Changed += _ => raised = true;

        Assert.Equal(error, _config.Set([("timeout", "9"), (name, value)]).ErrorText);
        Assert.Equal(error, _config.Set([(name, value), ("timeout", "9")]).ErrorText);

        Assert.Equal(before, _config.RewriteText(null));
        Assert.False(raised);
    }

    [Fact]
    public void Set_SameNameTwice_IsADuplicate()
    {
        Assert.Equal(
            "ERR CONFIG SET failed (possibly related to argument 'HZ') - duplicate parameter",
            _config.Set([("hz", "1"), ("HZ", "2")]).ErrorText);
        Assert.Equal(10, _config.Hz);
    }

    [Fact]
    public void Set_UnknownNameBehindABadValue_IsAnsweredFirst()
    {
        Assert.Equal("ERR Unknown option or number of arguments for CONFIG SET - 'foo'", _config.Set([("hz", "x"), ("foo", "1")]).ErrorText);
    }

    [Fact]
    public void Set_AboveTheSystemsLimit_NamesWhatFits()
    {
        _config.MaxClientsCeiling = 500;

        Assert.Equal(
            "ERR CONFIG SET failed (possibly related to argument 'maxclients') - The operating system is not able to handle the specified number of clients, try with 500",
            _config.Set([("maxclients", "501")]).ErrorText);
        Assert.True(_config.Set([("maxclients", "500")]).Succeeded);
    }

    [Fact]
    public void Set_OutputBufferLimitOfOneClass_KeepsTheOthers()
    {
        Assert.True(_config.Set([("client-output-buffer-limit", "replica 5 6 7")]).Succeeded);

        Assert.True(_config.TryGet("client-output-buffer-limit", out string shown));
        Assert.Equal("normal 0 0 0 slave 5 6 7 pubsub 33554432 8388608 60", shown);
    }

    [Theory]
    [InlineData("hz", "0", 1)]
    [InlineData("hz", "1000", 500)]
    public void Set_HzOutOfItsUsefulRange_IsClamped(string name, string value, int expected)
    {
        Assert.True(_config.Set([(name, value)]).Succeeded);
        Assert.Equal(expected, _config.Hz);
    }

    [Theory]
    [InlineData("port", "6380")]
    [InlineData("bind", "127.0.0.1 -::1")]
    [InlineData("appendfsync", "ALWAYS")]
    public void Set_FixedDirectiveToWhatItIs_IsAccepted(string name, string value)
    {
        bool raised = false;
        _config.Changed += _ => raised = true;

        Assert.True(_config.Set([(name, value), ("timeout", "9")]).Succeeded);
        Assert.Equal(9, _config.TimeoutSeconds);
        Assert.True(raised);
    }

    [Theory]
    [InlineData("save", "3600 1 300 100", "3600 1 300 100")]
    [InlineData("save", "", "")]
    [InlineData("maxmemory-clients", "5%", "5%")]
    [InlineData("maxmemory-clients", "1kb", "1024")]
    [InlineData("latency-tracking-info-percentiles", "99.90 0 100.0", "99.9 0 100")]
    [InlineData("latency-tracking-info-percentiles", "", "")]
    [InlineData("shutdown-on-sigint", "now NOSAVE", "nosave now")]
    [InlineData("shutdown-on-sigint", "default", "default")]
    [InlineData("maxmemory-policy", "ALLKEYS-LFU", "allkeys-lfu")]
    [InlineData("aof-use-rdb-preamble", "No", "no")]
    [InlineData("list-max-ziplist-size", "-5", "-5")]
    [InlineData("hash-max-listpack-value", "1kb", "1024")]
    public void Set_Value_IsShownAsRedisShowsIt(string name, string value, string shown)
    {
        Assert.True(_config.Set([(name, value)]).Succeeded);

        Assert.True(_config.TryGet(name, out string got));
        Assert.Equal(shown, got);
    }

    [Theory]
    [InlineData("appendonly", "YES")]
    public void Set_CompatibilityDirectiveToItsOnlyValue_IsAccepted(string name, string value) =>
        Assert.True(_config.Set([(name, value)]).Succeeded);
}
