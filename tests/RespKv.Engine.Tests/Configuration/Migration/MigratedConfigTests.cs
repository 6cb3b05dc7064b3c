using RespKv.Engine.Configuration;
using RespKv.Engine.Configuration.Migration;

namespace RespKv.Engine.Tests.Configuration.Migration;

public sealed class MigratedConfigTests
{
    [Fact]
    public void Text_IsWhatAStartTakesAndMeansWhatTheOldOneMeant()
    {
        RedisConfigReport report = CheckedConfig.Check(
            """
            daemonize yes
            requirepass "pa ss"
            save 3600 1
            save 300 100
            appendonly no
            appendfsync everysec
            maxmemory 100mb
            dir /srv/redis
            rename-command FLUSHALL ""
            loadmodule /x.so
            user ada on >s3cret ~* +@all
            timeout 1
            timeout 2
            client-output-buffer-limit normal 1mb 0 0
            client-output-buffer-limit pubsub 2mb 0 0
            """);

        string text = MigratedConfig.Text(report);
        ServerConfig config = CheckedConfig.Start(text);

        Assert.Equal(6379, config.Port);
        Assert.Equal(["*", "-::*"], config.Bind);
        Assert.Equal("pa ss", config.RequirePass);
        Assert.Equal("3600 1 300 100", config.SavePoints);
        Assert.Equal(AppendFsync.Always, config.AppendFsync);
        Assert.Equal(100 << 20, config.MaxMemoryBytes);
        Assert.Equal("/srv/redis", config.DirAsWritten);
        Assert.Single(config.RenamedCommands);
        Assert.Single(config.Users);
        Assert.Equal(2, config.TimeoutSeconds);
        Assert.Equal(1 << 20, config.OutputBufferLimits.Normal.HardBytes);
        Assert.Equal(2 << 20, config.OutputBufferLimits.PubSub.HardBytes);
        Assert.Contains("#   daemonize yes\n", text, StringComparison.Ordinal);
        Assert.Contains("#   loadmodule /x.so\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_EverysecOfARedisWithALog_IsKept()
    {
        string text = MigratedConfig.Text(CheckedConfig.Check("appendonly yes\nappendfsync everysec\n"));

        Assert.Equal(AppendFsync.EverySec, CheckedConfig.Start(text).AppendFsync);
    }

    [Fact]
    public void Text_CheckedAgain_HasNothingUnsupportedOrIgnored()
    {
        string text = MigratedConfig.Text(CheckedConfig.Check("daemonize yes\npidfile /run/x\nport 6379\nnonsense \"a\nmasterauth s3cret"));
        RedisConfigReport again = CheckedConfig.Check(text);

        Assert.Equal(0, again.Count(RedisVerdict.Unsupported));
        Assert.Equal(0, again.Count(RedisVerdict.Ignored));
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
    }
}
