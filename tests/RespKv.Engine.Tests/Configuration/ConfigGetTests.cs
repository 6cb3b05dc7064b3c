using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

public sealed class ConfigGetTests
{
    private readonly ServerConfig _config = new();

    [Fact]
    public void Match_PlainName_ComesBackAsItWasSpelled()
    {
        Assert.Equal([("SAVE", "")], _config.Match("SAVE"));
        Assert.Equal([("appendonly", "yes")], _config.Match("appendonly"));
    }

    [Fact]
    public void Match_Glob_GivesAllThatMatch()
    {
        Assert.Equal([("slowlog-log-slower-than", "10000"), ("slowlog-max-len", "128")], _config.Match("SlowLog-*"));
        Assert.Equal([("hz", "10")], _config.Match("h[xyz]*"));
        Assert.Equal(DirectiveTable.All.Sum(d => d.Hidden || !d.IsValue ? 0 : d.Alias.Length > 0 ? 2 : 1), _config.Match("*").Count());
    }

    [Fact]
    public void Match_SeveralPatterns_GivesEachDirectiveOnce()
    {
        Assert.Equal([("port", "6380"), ("hz", "10")], _config.Match(["hz", "PORT".ToLowerInvariant(), "p[o]rt", "hz"]));
    }

    [Fact]
    public void Match_Alias_IsShownBesideItsName()
    {
        Assert.Equal([("replicaof", ""), ("slaveof", "")], _config.Match("*of"));
        Assert.True(_config.Set([("hash-max-ziplist-entries", "7")]).Succeeded);
        Assert.Equal([("hash-max-listpack-entries", "7"), ("hash-max-ziplist-entries", "7")], _config.Match("hash-max-*-entries"));
    }

    [Fact]
    public void Match_HiddenDirective_IsShownToThoseWhoNameIt()
    {
        Assert.Empty(_config.Match("key-load-*"));
        Assert.Equal([("key-load-delay", "0")], _config.Match("key-load-delay"));
    }

    [Fact]
    public void Match_UnknownName_GivesNothing() => Assert.Empty(_config.Match("nothing-like-it"));

    [Theory]
    [InlineData("client-output-buffer-limit", "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60")]
    [InlineData("bind", "127.0.0.1 -::1")]
    [InlineData("proto-max-bulk-len", "536870912")]
    [InlineData("appendfsync", "always")]
    [InlineData("maxmemory-policy", "noeviction")]
    [InlineData("databases", "16")]
    public void TryGet_Default_HasRedisShape(string name, string value)
    {
        Assert.True(_config.TryGet(name, out string shown));
        Assert.Equal(value, shown);
    }

    [Fact]
    public void TryGet_UnknownName_IsFalse() => Assert.False(_config.TryGet("nope", out _));

    [Fact]
    public void TryGet_Dir_IsAbsolute()
    {
        Assert.True(_config.TryGet("dir", out string dir));
        Assert.Equal(Path.GetFullPath("data"), dir);
    }

    [Fact]
    public void IsSecret_Password_IsTrueInAnyCase()
    {
        Assert.True(ServerConfig.IsSecret("RequirePass"));
        Assert.False(ServerConfig.IsSecret("port"));
        Assert.False(ServerConfig.IsSecret("nope"));
    }

    [Theory]
    [InlineData("*", "hz", true)]
    [InlineData("", "hz", false)]
    [InlineData("h?", "hz", true)]
    [InlineData("h??", "hz", false)]
    [InlineData("*-max-*", "slowlog-max-len", true)]
    [InlineData("*max*len*", "slowlog-max-len", true)]
    [InlineData("*max*lex*", "slowlog-max-len", false)]
    [InlineData("[^h]z", "hz", false)]
    [InlineData("[^a]z", "hz", true)]
    [InlineData("[z-a]z", "hz", true)]
    [InlineData("[a-z", "h", true)]
    [InlineData("[", "h", false)]
    [InlineData("h\\z", "hz", true)]
    [InlineData("h\\*", "hz", false)]
    [InlineData("HZ", "hz", true)]
    [InlineData("[\\]]z", "]z", true)]
    public void Glob_Pattern_FollowsRedis(string pattern, string name, bool matches) => Assert.Equal(matches, DirectiveGlob.Matches(pattern, name));

    [Fact]
    public void Glob_ManyStars_EndsSoon()
    {
        string pattern = string.Concat(Enumerable.Repeat("a*", 120)) + "b";

        Assert.False(DirectiveGlob.Matches(pattern, new string('a', 5000)));
        Assert.False(DirectiveGlob.Matches(new string('*', DirectiveGlob.PatternLengthMax + 1), "hz"));
    }
}
