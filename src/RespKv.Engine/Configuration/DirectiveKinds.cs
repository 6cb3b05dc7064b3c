using System.Globalization;

namespace RespKv.Engine.Configuration;

/// <summary>An integer within a range.</summary>
internal sealed class IntegerDirective(string name, Func<ServerConfig, long> read, Action<ServerConfig, long> write) : Directive(name)
{
    public required long Min { get; init; }

    public required long Max { get; init; }

    public required long Default { get; init; }

    /// <summary>A rule beyond the range; returns what is wrong, or null.</summary>
    public Func<ServerConfig, long, string?>? Check { get; init; }

    public override string Takes => Min == Max
        ? Format(Min)
        : Max == long.MaxValue ? $"an integer of at least {Format(Min)}" : $"an integer from {Format(Min)} to {Format(Max)}";

    public override string Get(ServerConfig config) => Format(read(config));

    public override void Reset(ServerConfig config) => write(config, Default);

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply)
    {
        apply = null;
        if (!long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) || Format(value) != word)
        {
            return ConfigErrors.NotInteger;
        }

        if (value < Min || value > Max)
        {
            return ConfigErrors.NotBetween(Min, Max);
        }

        apply = () => write(config, value);
        return Check?.Invoke(config, value);
    }

    private static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A number of bytes with Redis's units.</summary>
internal sealed class MemoryDirective(string name, Func<ServerConfig, long> read, Action<ServerConfig, long> write) : Directive(name)
{
    public required long Min { get; init; }

    public required long Max { get; init; }

    public required long Default { get; init; }

    /// <summary>A percentage is taken too, and kept as its negative.</summary>
    public bool TakesPercent { get; init; }

    public override string Takes => TakesPercent ? $"a size, or a percentage from 0% to {-Min}%" : Max == long.MaxValue
        ? $"a size of at least {MemorySize.Format(Min)}"
        : $"a size from {MemorySize.Format(Min)} to {MemorySize.Format(Max)}";

    public override string Get(ServerConfig config) => TakesPercent && read(config) < 0
        ? string.Create(CultureInfo.InvariantCulture, $"{-read(config)}%")
        : read(config).ToString(CultureInfo.InvariantCulture);

    public override string RewriteValue(ServerConfig config) => TakesPercent && read(config) < 0 ? Get(config) : MemorySize.Format(read(config));

    public override void Reset(ServerConfig config) => write(config, Default);

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply)
    {
        apply = null;
        if (TakesPercent && word.EndsWith('%') && long.TryParse(word.AsSpan(0, word.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long percent))
        {
            apply = () => write(config, -percent);
            return percent <= -Min ? null : $"percentage argument must be less or equal to {-Min}";
        }

        if (!MemorySize.TryParse(word, out long value))
        {
            return TakesPercent ? "argument must be a memory or percent value" : ConfigErrors.NotMemory;
        }

        if (value < Min || value > Max)
        {
            return ConfigErrors.NotBetween(Min, Max);
        }

        apply = () => write(config, value);
        return null;
    }
}

/// <summary>One of a few names; their case does not matter.</summary>
internal sealed class ChoiceDirective<T>(string name, Func<ServerConfig, T> read, Action<ServerConfig, T> write) : Directive(name)
    where T : struct, Enum
{
    /// <summary>The names in the order in which Redis lists them in its error text.</summary>
    public required IReadOnlyList<(string Name, T Value)> Choices { get; init; }

    public required T Default { get; init; }

    public override string Takes => $"one of: {Names}";

    public override bool ErrorSaysWhatIsRight => true;

    private string Names => string.Join(", ", Choices.Select(choice => choice.Name));

    public override string Get(ServerConfig config)
    {
        T value = read(config);
        return Choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Name;
    }

    public override void Reset(ServerConfig config) => write(config, Default);

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply)
    {
        foreach ((string choice, T value) in Choices)
        {
            if (string.Equals(choice, word, StringComparison.OrdinalIgnoreCase))
            {
                apply = () => write(config, value);
                return null;
            }
        }

        apply = null;
        return $"argument(s) must be one of the following: {Names}";
    }
}

/// <summary>Any text.</summary>
internal sealed class TextDirective(string name, Func<ServerConfig, string> read, Action<ServerConfig, string> write) : Directive(name)
{
    public required string Default { get; init; }

    /// <summary>What the text means, for <see cref="Takes"/>.</summary>
    public required string Meaning { get; init; }

    /// <summary>A rule for the text; returns what is wrong, or null.</summary>
    public Func<string, string?>? Check { get; init; }

    /// <summary>What CONFIG GET shows when that is not what was written.</summary>
    public Func<ServerConfig, string>? Shown { get; init; }

    public override string Takes => Meaning;

    public override string Get(ServerConfig config) => Shown is null ? read(config) : Shown(config);

    public override string RewriteValue(ServerConfig config) => ConfigText.Quote(read(config));

    public override void Reset(ServerConfig config) => write(config, Default);

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply)
    {
        apply = () => write(config, word);
        return Check?.Invoke(word);
    }
}

/// <summary>
/// A directive of Redis that has one possible value here. Accepted for the sake of tools and configuration files that name it;
/// any other value is refused, because it would promise what the server does not do.
/// </summary>
internal sealed class FixedDirective(string name, string value) : Directive(name)
{
    /// <summary>Why there is no other value, to be read after "because".</summary>
    public required string Because { get; init; }

    public override string Takes => $"only {ConfigText.Quote(value)}";

    public override bool ErrorSaysWhatIsRight => true;

    public override string Get(ServerConfig config) => value;

    public override void Reset(ServerConfig config)
    {
    }

    protected override string? PrepareOne(ServerConfig config, string word, out Action? apply)
    {
        apply = static () => { };
        return string.Equals(word, value, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"only '{value}' is accepted, because {Because}";
    }
}
