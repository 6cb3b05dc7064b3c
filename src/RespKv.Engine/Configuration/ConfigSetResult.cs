namespace RespKv.Engine.Configuration;

/// <summary>Outcome of CONFIG SET: either everything was applied, or nothing and the error reply says why.</summary>
/// <param name="ErrorText">The whole error reply with its code (<c>ERR ...</c>), null when all was applied.</param>
public readonly record struct ConfigSetResult(string? ErrorText)
{
    public static ConfigSetResult Ok => default;

    public bool Succeeded => ErrorText is null;
}
