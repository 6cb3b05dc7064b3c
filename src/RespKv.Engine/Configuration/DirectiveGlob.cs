using System.Text;
using RespKv.Engine.Commands;

namespace RespKv.Engine.Configuration;

/// <summary>Redis's glob (<see cref="GlobPattern"/>) over directive names, without regard to case.</summary>
internal static class DirectiveGlob
{
    /// <summary>Patterns come from clients; directive names are short, so longer patterns match nothing anyway.</summary>
    public const int PatternLengthMax = 256;

    public static bool Matches(string pattern, string name) => pattern.Length <= PatternLengthMax && GlobPattern.Matches(Lower(pattern), Lower(name));

    private static byte[] Lower(string text) => Encoding.UTF8.GetBytes(text.ToLowerInvariant());
}
