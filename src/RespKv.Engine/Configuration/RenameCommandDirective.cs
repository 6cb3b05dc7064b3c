namespace RespKv.Engine.Configuration;

/// <summary>rename-command: the command and its new name. Whether there is such a command is found out when the engine is made.</summary>
internal sealed class RenameCommandDirective(string name) : Directive(name)
{
    public override bool TakesMany => true;

    public override bool IsValue => false;

    public override bool KeepsLines => true;

    public override string Takes => "the name of a command and a new one; \"\" means none";

    public override string Get(ServerConfig config) => "";

    public override void Reset(ServerConfig config) => config.RenamedCommands = [];

    public override IEnumerable<RewriteLine> RewriteLines(ServerConfig config) => [];

    protected override string? PrepareMany(ServerConfig config, IReadOnlyList<string> words, out Action? apply)
    {
        apply = () => config.RenamedCommands = [.. config.RenamedCommands, (words[0], words[1])];
        return words.Count == 2 ? null : ConfigErrors.WrongNumberOfArguments;
    }
}
