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
    [InlineData("port", "1", "ERR CONFIG SET failed (possibly related to argument 'port') - can't set immutable config")]
    [InlineData("PORT", "1", "ERR CONFIG SET failed (possibly related to argument 'PORT') - can't set immutable config")]
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
    [InlineData("maxmemory", "1gb", "ERR CONFIG SET failed (possibly related to argument 'maxmemory') - only '0' is accepted, because nothing is ever evicted")]
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
    [InlineData("save", "")]
    [InlineData("appendonly", "YES")]
    [InlineData("maxmemory-policy", "noeviction")]
    public void Set_CompatibilityDirectiveToItsOnlyValue_IsAccepted(string name, string value) =>
        Assert.True(_config.Set([(name, value)]).Succeeded);
}
