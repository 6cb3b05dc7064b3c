namespace RespKv.Engine.Configuration.Migration;

/// <summary>Directive dir: Redis works in that directory, so that other paths are taken from it, and keeps its files there.</summary>
internal static class RedisPaths
{
    private static readonly string[] Paths = ["logfile", "unixsocket", "aclfile", "tls-cert-file", "tls-key-file", "tls-ca-cert-file", "tls-ca-cert-dir"];

    public static RedisJudgement Judge(RedisDirectives all)
    {
        string directory = all.Config.DirAsWritten;
        List<string> relative = [.. Paths.Where(name => all.IsWritten(name) && IsRelative(all, name))];
        if (relative.Count > 0)
        {
            return RedisJudgement.Different(
                $"The server keeps its data there but does not work there: the path of {string.Join(", ", relative)} is taken from where the server is started.",
                "write whole paths");
        }

        if (!Path.IsPathRooted(directory))
        {
            return RedisJudgement.Different("The data directory is taken from where the server is started, and is made if it is missing.", "write a whole path");
        }

        return RedisFiles(all, directory) is { } found
            ? RedisJudgement.Different(
                $"{found} is Redis's and is not read: the server starts empty, with files of its own beside it.",
                "another directory; docs/migration.md says how the data comes over")
            : RedisJudgement.Same("Files of Redis are not read: docs/migration.md says how the data comes over.");
    }

    private static bool IsRelative(RedisDirectives all, string name)
        => DirectiveTable.TryFind(name, out Directive? directive) && directive.Get(all.Config) is { Length: > 0 } path && !Path.IsPathRooted(path);

    /// <summary>What Redis has written there; null: nothing, or nothing that can be seen.</summary>
    private static string? RedisFiles(RedisDirectives all, string directory)
    {
        string[] candidates = [all.Config.Kept.Text("dbfilename"), all.Config.Kept.Text("appenddirname"), all.Config.Kept.Text("appendfilename")];
        return candidates.Where(name => name.Length > 0).Select(name => Path.Combine(directory, name)).FirstOrDefault(all.Files.FileExists);
    }
}
