using System.Security.Cryptography;
using System.Text;
using RespKv.Http.Api;

namespace RespKv.Http.Security;

/// <summary>What a request says about who sends it: Basic, or Bearer with <c>password</c> (the default user) or <c>user:password</c>.</summary>
/// <param name="User">Name of a user.</param>
/// <param name="Password">As it was given.</param>
internal sealed record Credentials(string User, string Password)
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";
    private const string DefaultUser = "default";

    /// <summary>Stands for them where the password need not be kept.</summary>
    public byte[] Digest() => SHA256.HashData(Encoding.UTF8.GetBytes($"{User.Length}:{User}{Password}"));

    /// <summary>Null: the request has none.</summary>
    /// <exception cref="ProblemException">They cannot be read.</exception>
    public static Credentials? Parse(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Split(header[Bearer.Length..].Trim(), DefaultUser);
        }

        if (header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) && Decode(header[Basic.Length..].Trim()) is { } pair && pair.Contains(':', StringComparison.Ordinal))
        {
            return Split(pair, DefaultUser);
        }

        throw new ProblemException(401, "the header Authorization takes Basic, or Bearer with a password or user:password") { Challenges = true };
    }

    private static Credentials Split(string pair, string user)
    {
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new Credentials(user, pair) : new Credentials(colon == 0 ? user : pair[..colon], pair[(colon + 1)..]);
    }

    private static string? Decode(string base64)
    {
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
