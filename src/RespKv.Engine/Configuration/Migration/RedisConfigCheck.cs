using RespKv.Engine.Commands;
using RespKv.Engine.Security;
using RespKv.Storage.Files;

namespace RespKv.Engine.Configuration.Migration;

/// <summary>
/// Reads a redis.conf as a server would, and says of every line what becomes of it here. Nothing is guessed: each line is given to the
/// directive that a start would give it to, so that a line is unsupported exactly if a start would refuse it.
/// </summary>
public sealed class RedisConfigCheck
{
    private readonly IFileSystem _files;
    private readonly ServerConfig _config = new();
    private readonly CommandTable _commands = BuiltInCommands.Create();
    private readonly AclCatalog _catalog;

    private RedisConfigCheck(IFileSystem files)
    {
        _files = files;
        _catalog = new AclCatalog(_commands);
    }

    /// <param name="files">Where the files are.</param>
    /// <param name="path">The redis.conf.</param>
    /// <exception cref="ConfigException">The file cannot be read.</exception>
    public static RedisConfigReport Run(IFileSystem files, string path) => new RedisConfigCheck(files).Run(path);

    private RedisConfigReport Run(string path)
    {
        var statements = new RedisStatements();
        new ConfigFileReader(statements, file => ConfigFile.ReadText(_files, file), pattern => ConfigFile.Find(_files, pattern)).Read(path);
        List<string?> refusals = [.. statements.All.Select(Apply)];
        var context = new RedisDirectives(_config, statements.All, _files);
        List<RedisConfigLine> lines = [.. statements.All.Zip(refusals, (statement, refusal) => Line(statement, refusal, context))];
        return new RedisConfigReport(path, lines, [.. RedisDefaults.NotWritten(context)], WrongWithWhole(), statements.IsComplete);
    }

    /// <summary>What is wrong with the whole of what could be taken.</summary>
    private string? WrongWithWhole() => _config.AclFile.Length > 0 && _config.Users.Count > 0
        ? AccessControl.UsersInTwoPlaces
        : ConfigLoader.WrongWithWhole(_config);

    /// <summary>Takes a line over into the configuration. Null, or why a start would refuse it.</summary>
    private string? Apply(RedisStatement statement)
    {
        if (statement.Error is { } broken)
        {
            return broken.Reason;
        }

        try
        {
            ConfigLoader.Apply(_config, statement.Name, statement.Values, statement.Origin);
        }
        catch (ConfigException e)
        {
            return e.Reason;
        }

        return statement.Directive switch
        {
            RenameCommandDirective => _commands.Rename(statement.Values[0], statement.Values[1]),
            UserDirective => WrongRule(),
            _ => null,
        };
    }

    /// <summary>What is wrong with the rules of the user that was taken last.</summary>
    private string? WrongRule()
    {
        UserDefinition definition = _config.Users[^1];
        var user = new AclUser(definition.Name, _catalog, allChannels: false);
        return definition.Rules
            .Select(rule => AclRules.Apply(user, rule, _catalog, allChannels: false) is { } error
                ? error + (AclRules.IsUnknownName(error) ? $": '{AclText.ToUnicode(rule)}'" : "")
                : null)
            .FirstOrDefault(error => error is not null);
    }

    private static RedisConfigLine Line(RedisStatement statement, string? refusal, RedisDirectives context)
    {
        RedisJudgement judgement = refusal is not null ? RedisRefusals.Judge(statement, refusal) : RedisRules.Judge(statement, context);
        return new RedisConfigLine(
            statement.Origin.Source ?? "",
            statement.Origin.Line,
            statement.Shown,
            statement.Directive?.Name ?? statement.Name,
            judgement.Verdict,
            judgement.Reason,
            judgement.Instead)
        {
            Written = statement.Written,
        };
    }
}
