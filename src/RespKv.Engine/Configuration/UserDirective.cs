using RespKv.Engine.Security;

namespace RespKv.Engine.Configuration;

/// <summary>A <c>user</c> line. Texts are <see cref="AclText"/>.</summary>
internal sealed record UserDefinition(string Name, IReadOnlyList<string> Rules);

/// <summary>
/// Users in the configuration. What their rules mean is found out when the engine is made; here is only looked at what a line can say by itself.
/// </summary>
internal sealed class UserDirective(string name) : Directive(name)
{
    public override bool TakesMany => true;

    public override bool IsValue => false;

    public override string Takes => "a name and rules";

    public override string Get(ServerConfig config) => "";

    public override void Reset(ServerConfig config) => config.Users = [];

    /// <summary>One line each, unless they are in a file of their own. Forced: the default user is there whether anybody has named it or not.</summary>
    public override IEnumerable<RewriteLine> RewriteLines(ServerConfig config)
    {
        if (config.AclFile.Length > 0)
        {
            return [];
        }

        IEnumerable<string> lines = config.DescribedUsers ?? config.Users.Select(user => string.Join(' ', ["user", user.Name, .. user.Rules]));
        return lines.Select(line => new RewriteLine(Quoted(line), Forced: true));
    }

    protected override string? PrepareMany(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        apply = null;
        if (words.Count == 0)
        {
            return ConfigErrors.WrongNumberOfArguments;
        }

        List<string> bytes = [.. words.Select(AclText.FromUnicode)];
        if (AclText.HasBlanks(bytes[0]))
        {
            return "Spaces not allowed in ACL usernames";
        }

        if (config.Users.Any(user => user.Name == bytes[0]))
        {
            return AclRules.DuplicateUser;
        }

        if (AclRules.MergeSelectors(bytes.Skip(1), out List<string> rules) is not null)
        {
            return "Unmatched parenthesis in an acl selector";
        }

        apply = () => config.Users = [.. config.Users, new UserDefinition(bytes[0], rules)];
        return null;
    }

    /// <exception cref="IOException">Bytes of a rule are not UTF-8, which a configuration file is.</exception>
    private static string Quoted(string line) => string.Join(' ', line.Split(' ').Select(word =>
    {
        string unicode = AclText.ToUnicode(word);
        return AclText.FromUnicode(unicode) == word
            ? ConfigText.Quote(unicode)
            : throw new IOException($"a rule of {AclText.ToUnicode(line.Split(' ')[1])} has bytes that are not UTF-8; an aclfile can hold it");
    }));
}
