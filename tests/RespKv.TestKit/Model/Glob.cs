using System.Text.RegularExpressions;

namespace RespKv.TestKit.Model;

/// <summary>Patterns of KEYS, well-formed ones: * ? [a-z] [^a-z] and \ before a char that stands for itself.</summary>
internal static class Glob
{
    private static readonly Regex Parts = new(@"\\(?<plain>.)|(?<star>\*)|(?<any>\?)|\[(?<not>\^?)(?<set>[^\]]*)\]|(?<plain>.)", RegexOptions.Singleline);

    public static bool Matches(string pattern, string text) => Regex.IsMatch(text, $"\\A{Parts.Replace(pattern, Translate)}\\z", RegexOptions.Singleline);

    private static string Translate(Match part) => part switch
    {
        _ when part.Groups["star"].Success => ".*",
        _ when part.Groups["any"].Success => ".",
        _ when part.Groups["plain"].Success => Regex.Escape(part.Groups["plain"].Value),
        _ => $"[{part.Groups["not"].Value}{part.Groups["set"].Value}]",
    };
}
