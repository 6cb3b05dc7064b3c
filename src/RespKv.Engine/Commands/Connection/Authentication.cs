using System.Security.Cryptography;
using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Connection;

/// <summary>Who a client is: there is one user, <c>default</c>, whose password is the directive <c>requirepass</c>.</summary>
internal static class Authentication
{
    public const string DefaultUser = "default";

    private const string WrongPassword = "WRONGPASS invalid username-password pair or user is disabled.";

    public static bool IsRequired(ServerConfig config) => config.RequirePassUtf8.Length > 0;

    /// <summary>Authenticates the client, or leaves it as it was and replies with the error (false).</summary>
    public static bool TryAuthenticate(CommandContext c, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        // Without a password the default user lets everyone in, whatever they give: as Redis's "nopass".
        ReadOnlySpan<byte> expected = c.Engine.Config.RequirePassUtf8.Span;
        bool matches = expected.IsEmpty || Equal(password, expected);
        if (!matches || !user.SequenceEqual("default"u8))
        {
            c.Fail(WrongPassword);
            return false;
        }

        c.Session.User = DefaultUser;
        c.Session.IsAuthenticated = true;
        return true;
    }

    [Command("auth", -2,
        CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale | CommandFlags.Fast | CommandFlags.NoAuth | CommandFlags.AllowBusy
            | CommandFlags.HasSecrets,
        Group = "connection", Since = "1.0.0", Complexity = "O(N) where N is the number of passwords defined for the user",
        Summary = "Authenticate to the server", Syntax = "[username] password")]
    internal static void Auth(ReadContext c, RequestArgs args)
    {
        if (args.Count > 3)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (args.Count == 2 && !IsRequired(c.Engine.Config))
        {
            c.Fail("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
            return;
        }

        if (TryAuthenticate(c, args.Count == 2 ? "default"u8 : args[1], args[^1]))
        {
            c.Reply.Ok();
        }
    }

    /// <summary>
    /// Takes the same time wherever the two differ. Digests are compared, because the comparison of texts of different lengths would end at once
    /// and so tell the length.
    /// </summary>
    private static bool Equal(ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected)
    {
        Span<byte> givenDigest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expectedDigest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(given, givenDigest);
        SHA256.HashData(expected, expectedDigest);
        return CryptographicOperations.FixedTimeEquals(givenDigest, expectedDigest);
    }
}
