namespace RespKv.Engine.Configuration.Migration;

/// <summary>Directives whose default is another one in redis-server 7.0.15. A test holds the list against it.</summary>
internal static class RedisDefaults
{
    private static readonly RedisConfigDefault[] All =
    [
        new("port", "6379", "6380", "Clients look for port 6379.", IsDifferent: true),
        new("bind", "* -::*", "127.0.0.1 -::1", "Clients of other machines find nobody, while Redis lets them in if they have a password.", IsDifferent: true),
        new("appendonly", "no", "yes", "The log is always on: a write is answered when it is on disk.", IsDifferent: false),
        new("appendfsync", "everysec", "always", "A write is answered when it is on disk: nothing that was answered can be lost.", IsDifferent: false),
        new("save", "3600 1 300 100 60 10000", "", "Checkpoints follow the size of the log and the clock: checkpoint-log-bytes, checkpoint-interval.", IsDifferent: false),
        new("dir", "the working directory", "./data", "The data is in a directory of its own.", IsDifferent: false),
    ];

    public static IEnumerable<string> Names => All.Select(each => each.Directive);

    /// <summary>Those that no line names.</summary>
    public static IEnumerable<RedisConfigDefault> NotWritten(RedisDirectives all) => All.Where(each => !all.IsWritten(each.Directive));
}
