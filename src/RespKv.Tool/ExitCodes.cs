namespace RespKv.Tool;

/// <summary>What the shell is told. docs/tool.md says what each verb means by them; they are never changed.</summary>
internal static class ExitCodes
{
    /// <summary>Everything is as it should be.</summary>
    internal const int Fine = 0;

    /// <summary>Wrong usage, or the disk or the server did not do what was asked.</summary>
    internal const int Failed = 1;

    /// <summary>A server would start and cut off what nobody was told of; or something was left out that nobody misses.</summary>
    internal const int Warning = 2;

    /// <summary>Corruption: a server would refuse to start, or something was lost.</summary>
    internal const int Corruption = 3;

    /// <summary>config-check: something is unsupported, or means something else.</summary>
    internal const int ConfigDiffers = 1;

    /// <summary>config-check: the file, or one that it includes, cannot be read.</summary>
    internal const int ConfigUnreadable = 2;
}
