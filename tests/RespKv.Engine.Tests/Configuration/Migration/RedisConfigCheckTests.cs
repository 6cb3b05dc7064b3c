using RespKv.Engine.Configuration;
using RespKv.Engine.Configuration.Migration;

namespace RespKv.Engine.Tests.Configuration.Migration;

public sealed class RedisConfigCheckTests
{
    [Theory]
    [InlineData("port 6379", RedisVerdict.Same, "")]
    [InlineData("PORT 6379", RedisVerdict.Same, "")]
    [InlineData("protected-mode no", RedisVerdict.Same, "")]
    [InlineData("bind 127.0.0.1 -::1", RedisVerdict.Same, "")]
    [InlineData("bind db.example.net", RedisVerdict.Unsupported, "addresses")]
    [InlineData("appendonly yes", RedisVerdict.Same, "always on")]
    [InlineData("appendonly no", RedisVerdict.Different, "nothing turns the log off")]
    [InlineData("appendfsync always", RedisVerdict.Same, "Readers do not wait")]
    [InlineData("appendfsync everysec", RedisVerdict.Different, "while appendonly is no")]
    [InlineData("appendfsync sometimes", RedisVerdict.Unsupported, "everysec, always, no")]
    [InlineData("save \"\"", RedisVerdict.Same, "")]
    [InlineData("save 3600 1", RedisVerdict.Different, "checkpoint")]
    [InlineData("save 3600", RedisVerdict.Unsupported, "Invalid save parameters")]
    [InlineData("dir /var/lib/redis", RedisVerdict.Same, "docs/migration.md")]
    [InlineData("dir ./", RedisVerdict.Different, "whole path")]
    [InlineData("maxmemory 0", RedisVerdict.Same, "")]
    [InlineData("maxmemory 1gb", RedisVerdict.Different, "buffers of clients")]
    [InlineData("maxmemory-policy allkeys-lru", RedisVerdict.Same, "")]
    [InlineData("maxmemory-samples 64", RedisVerdict.Same, "")]
    [InlineData("maxmemory-samples 65", RedisVerdict.Different, "64")]
    [InlineData("maxmemory-clients 10%", RedisVerdict.Different, "maxclients")]
    [InlineData("io-threads 4", RedisVerdict.Different, "executes")]
    [InlineData("io-threads 1", RedisVerdict.Same, "")]
    [InlineData("server_cpulist 0-1", RedisVerdict.Different, "log")]
    [InlineData("hash-max-listpack-entries 512", RedisVerdict.Same, "OBJECT ENCODING")]
    [InlineData("hash-max-ziplist-entries 128", RedisVerdict.Different, "OBJECT ENCODING")]
    [InlineData("aof-load-truncated no", RedisVerdict.Different, "torn tail")]
    [InlineData("socket-mark-id 7", RedisVerdict.Different, "firewall")]
    [InlineData("shutdown-on-sigterm save", RedisVerdict.Different, "checkpoint-on-shutdown yes")]
    [InlineData("shutdown-on-sigint now", RedisVerdict.Ignored, "in order")]
    [InlineData("supervised systemd", RedisVerdict.Same, "NOTIFY_SOCKET")]
    [InlineData("supervised upstart", RedisVerdict.Ignored, "upstart")]
    [InlineData("oom-score-adj relative", RedisVerdict.Ignored, "OOMScoreAdjust=")]
    [InlineData("rdbcompression no", RedisVerdict.Ignored, "table-compression")]
    [InlineData("slave-read-only yes", RedisVerdict.Ignored, "no replication")]
    [InlineData("lua-time-limit 5000", RedisVerdict.Ignored, "no scripts")]
    [InlineData("daemonize no", RedisVerdict.Same, "")]
    [InlineData("daemonize yes", RedisVerdict.Unsupported, "respkv.service")]
    [InlineData("cluster-enabled yes", RedisVerdict.Unsupported, "no cluster")]
    [InlineData("slaveof 10.0.0.1 6379", RedisVerdict.Unsupported, "backup")]
    [InlineData("replicaof 10.0.0.1 6379", RedisVerdict.Unsupported, "backup")]
    [InlineData("min-replicas-to-write 1", RedisVerdict.Unsupported, "no replication")]
    [InlineData("syslog-enabled yes", RedisVerdict.Unsupported, "journald")]
    [InlineData("unixsocketperm 770", RedisVerdict.Unsupported, "UMask=")]
    [InlineData("tls-replication yes", RedisVerdict.Unsupported, "replica")]
    [InlineData("tls-session-cache-size 5000", RedisVerdict.Unsupported, "delete the line")]
    [InlineData("loadmodule /usr/lib/redisearch.so", RedisVerdict.Unsupported, "no modules")]
    [InlineData("sentinel monitor mymaster 127.0.0.1 6379 2", RedisVerdict.Unsupported, "redis-sentinel")]
    [InlineData("list-max-ziplist-entries 512", RedisVerdict.Unsupported, "skips this line")]
    [InlineData("maxmemry 1gb", RedisVerdict.Unsupported, "did you mean maxmemory?")]
    [InlineData("frobnicate-the-widget 1", RedisVerdict.Unsupported, "Neither Redis 7.0 nor RespKv")]
    [InlineData("databases 1000000", RedisVerdict.Unsupported, "between 1 and 16384")]
    [InlineData("proto-max-bulk-len 4gb", RedisVerdict.Unsupported, "proto-max-bulk-len takes")]
    [InlineData("timeout \"1", RedisVerdict.Unsupported, "Unbalanced quotes")]
    [InlineData("timeout 10 # seconds", RedisVerdict.Unsupported, "a comment needs a line of its own")]
    [InlineData("rename-command FLUSHALL \"\"", RedisVerdict.Same, "")]
    [InlineData("rename-command EVAL \"\"", RedisVerdict.Unsupported, "No such command")]
    [InlineData("user ada on >secret ~* +@all -eval", RedisVerdict.Same, "")]
    [InlineData("user ada on +nonsense", RedisVerdict.Unsupported, "nonsense")]
    [InlineData("aclfile /etc/redis/users.acl", RedisVerdict.Same, "not read by this check")]
    [InlineData("checkpoint-log-bytes 1gb", RedisVerdict.Same, "")]
    public void Line_GetsItsVerdict(string line, RedisVerdict verdict, string said)
    {
        RedisConfigLine checkedLine = CheckedConfig.CheckLine(line);

        Assert.Equal(verdict, checkedLine.Verdict);
        Assert.Contains(said, $"{checkedLine.Reason} {checkedLine.Instead}", StringComparison.Ordinal);
        Assert.Equal(verdict == RedisVerdict.Unsupported, checkedLine.Instead.Length > 0 && StartRefuses(line));
    }

    [Theory]
    [InlineData("appendonly yes\nappendfsync everysec", RedisVerdict.Different, "power cut")]
    [InlineData("appendonly yes\nappendfsync no", RedisVerdict.Same, "half a minute")]
    [InlineData("appendonly no\nappendfsync no", RedisVerdict.Different, "while appendonly is no")]
    [InlineData("logfile redis.log\ndir /var/lib/redis", RedisVerdict.Different, "the path of logfile is taken")]
    [InlineData("logfile \"\"\ndir /var/lib/redis", RedisVerdict.Same, "")]
    public void LastLine_IsJudgedWithTheOthers(string text, RedisVerdict verdict, string said)
    {
        RedisConfigLine last = CheckedConfig.Check(text).Lines[^1];

        Assert.Equal(verdict, last.Verdict);
        Assert.Contains(said, last.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void LineThatALaterOneReplaces_IsIgnored()
    {
        RedisConfigReport report = CheckedConfig.Check("appendonly no\nuser a on\nuser b on\nsave 1 1\nsave 2 2\nappendonly yes");

        Assert.Equal("Line 6 of /etc/redis/redis.conf takes its place.", report.Lines[0].Reason);
        Assert.Equal(
            [RedisVerdict.Ignored, RedisVerdict.Same, RedisVerdict.Same, RedisVerdict.Different, RedisVerdict.Different, RedisVerdict.Same],
            report.Lines.Select(line => line.Verdict));
    }

    [Fact]
    public void DirWithRedisFiles_IsDifferent()
    {
        RedisConfigReport report = new CheckedConfig()
            .With("/srv/redis/mine.rdb", "REDIS0011")
            .With(CheckedConfig.Main, "dir /srv/redis\ndbfilename mine.rdb")
            .Run();

        Assert.Equal(RedisVerdict.Different, report.Lines[0].Verdict);
        Assert.Contains("/srv/redis/mine.rdb is Redis's and is not read", report.Lines[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void FileInWhichNothingDiffers_IsFine()
    {
        RedisConfigReport report = CheckedConfig.Check("port 6379\nbind * -::*\nappendonly yes\nappendfsync always\nsave \"\"\ndir /srv/kv\npidfile /run/redis.pid\n");

        Assert.True(report.IsFine);
        Assert.Empty(report.NotWritten);
        Assert.Null(report.Whole);
    }

    [Fact]
    public void EmptyFile_IsNotFineBecauseOfPortAndBind()
    {
        RedisConfigReport report = CheckedConfig.Check("# nothing\n");

        Assert.False(report.IsFine);
        Assert.Equal(["port", "bind"], report.NotWritten.Where(each => each.IsDifferent).Select(each => each.Directive));
    }

    [Fact]
    public void Include_IsReadAtItsPlaceAndPatternsAreFollowed()
    {
        RedisConfigReport report = new CheckedConfig()
            .With(CheckedConfig.Main, "hz 20\ninclude /etc/redis/conf.d/*.conf\nhz 30")
            .With("/etc/redis/conf.d/b.conf", "\ntimeout 2")
            .With("/etc/redis/conf.d/a.conf", "timeout 1")
            .With("/etc/redis/conf.d/.hidden.conf", "timeout 3")
            .With("/etc/redis/conf.d/c.txt", "timeout 4")
            .Run();

        Assert.Equal(
            ["/etc/redis/redis.conf 1", "/etc/redis/conf.d/a.conf 1", "/etc/redis/conf.d/b.conf 2", "/etc/redis/redis.conf 3"],
            report.Lines.Select(line => $"{line.File} {line.Line}"));
        Assert.True(report.IsComplete);
    }

    [Fact]
    public void IncludedFileThatIsMissing_IsUnsupportedAndTheReportIncomplete()
    {
        RedisConfigReport report = CheckedConfig.Check("include /nowhere.conf\nport 6379");

        Assert.False(report.IsComplete);
        Assert.Equal([RedisVerdict.Unsupported, RedisVerdict.Same], report.Lines.Select(line => line.Verdict));
        Assert.Contains("Can't open config file '/nowhere.conf'", report.Lines[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void FilesThatIncludeEachOtherOverAndOver_EndInAnError()
    {
        CheckedConfig config = new CheckedConfig()
            .With(CheckedConfig.Main, "include /etc/redis/*.conf\ninclude /etc/redis/*.conf")
            .With("/etc/redis/other.conf", "include /etc/redis/*.conf");

        ConfigException e = Assert.Throws<ConfigException>(config.Run);
        Assert.Contains("do files include each other?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFile_Throws() => Assert.Throws<ConfigException>(() => new CheckedConfig().Run());

    [Theory]
    [InlineData("port 0", "not listen anywhere")]
    [InlineData("port 7000\ntls-port 7000", "must differ")]
    [InlineData("user a on\naclfile /etc/redis/users.acl", "in one of the two")]
    public void LinesThatContradictEachOther_AreSaid(string text, string said)
    {
        RedisConfigReport report = CheckedConfig.Check(text);

        Assert.False(report.IsFine);
        Assert.Contains(said, report.Whole, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("requirepass s3cret")]
    [InlineData("requirepass \"s3cret")]
    [InlineData("user ada on >s3cret")]
    [InlineData("user ada on >s3cret +nonsense")]
    [InlineData("masterauth s3cret")]
    [InlineData("tls-key-file-pass s3cret")]
    public void Secrets_AreNotRepeated(string line)
    {
        RedisConfigLine checkedLine = CheckedConfig.CheckLine(line);

        Assert.DoesNotContain("s3cret", checkedLine.Text + checkedLine.Reason + checkedLine.Instead, StringComparison.Ordinal);
    }

    /// <summary>A start that includes what the engine looks at: commands and users.</summary>
    private static bool StartRefuses(string line)
    {
        try
        {
            ServerConfig config = CheckedConfig.Start(line);
            return config.RenamedCommands.Any(each => each.Name == "EVAL") || config.Users.Any(user => user.Rules.Contains("+nonsense"));
        }
        catch (ConfigException)
        {
            return true;
        }
    }
}
