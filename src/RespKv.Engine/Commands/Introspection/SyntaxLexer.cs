namespace RespKv.Engine.Commands.Introspection;

/// <summary>Splits a syntax line into words and the signs <c>[ ] &lt; &gt; | ...</c></summary>
internal static class SyntaxLexer
{
    public const string Repeat = "...";

    public static List<string> Split(string syntax)
    {
        var parts = new List<string>();
        int i = 0;
        while (i < syntax.Length)
        {
            if (syntax[i] == ' ')
            {
                i++;
            }
            else if (IsSign(syntax[i]))
            {
                parts.Add(syntax[i++].ToString());
            }
            else
            {
                int start = i;
                while (i < syntax.Length && syntax[i] != ' ' && !IsSign(syntax[i]))
                {
                    i++;
                }

                parts.Add(syntax[start..i]);
            }
        }

        return parts;
    }

    /// <summary>A literal word, such as <c>NX</c> or <c>LIB-NAME</c>: capital letters, where names of values have small ones.</summary>
    public static bool IsToken(string part) => char.IsAsciiLetterUpper(part[0]) && !part.Any(char.IsAsciiLetterLower);

    private static bool IsSign(char c) => c is '[' or ']' or '<' or '>' or '|';
}
