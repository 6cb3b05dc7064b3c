namespace RespKv.Engine.Configuration;

/// <summary>CONFIG SET: every check comes before the first change, so that a list of settings is applied whole or not at all.</summary>
internal static class ConfigSetter
{
    /// <summary>The checks stand in the order of Redis 7, so that a list with several mistakes gets the same answer.</summary>
    public static ConfigSetResult Set(ServerConfig config, IReadOnlyList<(string Name, string Value)> settings)
    {
        var directives = new List<Directive>(settings.Count);
        foreach ((string name, _) in settings)
        {
            if (!DirectiveTable.TryFind(name, out Directive? directive) || !directive.IsValue)
            {
                return new ConfigSetResult($"ERR Unknown option or number of arguments for CONFIG SET - '{name}'");
            }

            if (!directive.Mutable && directive.FixedBecause is null)
            {
                return Failed(name, ConfigErrors.Immutable);
            }

            if (directives.Contains(directive))
            {
                return Failed(name, "duplicate parameter");
            }

            directives.Add(directive);
        }

        var changes = new List<Action>(settings.Count);
        for (int i = 0; i < settings.Count; i++)
        {
            string? error = directives[i].Prepare(config, [settings[i].Value], out Action? apply);
            if (error is null && directives[i].FixedBecause is { } reason)
            {
                apply = static () => { };
                error = string.Equals(settings[i].Value, directives[i].Get(config), StringComparison.OrdinalIgnoreCase) ? null : reason;
            }

            if (error is not null)
            {
                return Failed(settings[i].Name, error);
            }

            changes.Add(apply!);
        }

        foreach (Action change in changes)
        {
            change();
        }

        foreach (Directive directive in directives)
        {
            config.RaiseChanged(directive.Name);
        }

        return ConfigSetResult.Ok;
    }

    private static ConfigSetResult Failed(string name, string reason) =>
        new($"ERR CONFIG SET failed (possibly related to argument '{name}') - {reason}");
}
