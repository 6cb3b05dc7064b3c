namespace RespKv.Engine.Configuration;

/// <summary>yes or no.</summary>
internal sealed class SwitchDirective(string name, Func<ServerConfig, bool> read, Action<ServerConfig, bool> write) : Directive(name)
{
    public required bool Default { get; init; }

    public override string Takes => "yes or no";

    public override bool ErrorSaysWhatIsRight => true;

    public override string Get(ServerConfig config) => read(config) ? "yes" : "no";

    public override void Reset(ServerConfig config) => write(config, Default);

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply)
    {
        bool isOn = string.Equals(word, "yes", StringComparison.OrdinalIgnoreCase);
        apply = () => write(config, isOn);
        return isOn || string.Equals(word, "no", StringComparison.OrdinalIgnoreCase) ? null : "argument must be 'yes' or 'no'";
    }
}
