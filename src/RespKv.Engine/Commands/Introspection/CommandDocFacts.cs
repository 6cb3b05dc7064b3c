namespace RespKv.Engine.Commands.Introspection;

/// <summary>
/// What COMMAND DOCS tells of a command that its declaration does not: what it was replaced by, what changed since when, and its arguments where
/// a syntax line has no place for their names, types or versions. The facts stand in <see cref="CommandDocFactsText"/>, one a line:
/// <code>
///   getset deprecated_since 6.2.0    also: replaced_by, doc_flags
///   set history 2.6.12 Added ...     a version and what it changed
///   lpop arguments key:key #0 count:integer @6.2.0 ?
/// </code>
/// An argument is its name and type; behind it the number of its key specification (#), its token (=), since when it is there (@) and deprecated (!),
/// whether it is optional (?), multiple (*), and multiple with its token (+); in parentheses what it is made of.
/// </summary>
internal static class CommandDocFacts
{
    private static readonly ILookup<string, string> Facts = Read();

    /// <summary>The values of a fact about a command, in their order.</summary>
    public static IEnumerable<string> Of(string command, string fact)
        => Facts[command].Where(line => line.StartsWith(fact + " ", StringComparison.Ordinal)).Select(line => line[(fact.Length + 1)..]);

    /// <summary>The arguments of a command: as they stand here, or else as its syntax line says.</summary>
    public static IReadOnlyList<SyntaxArgument> ArgumentsOf(CommandEntry entry)
    {
        string syntax = entry.Declaration.Syntax;
        return Of(entry.Name, "arguments").FirstOrDefault() is { } text ? Parse(text)
            : syntax.Length == 0 ? []
            : CommandSyntax.Parse(syntax, entry.Name, entry.KeySpecs.Count);
    }

    internal static IReadOnlyList<SyntaxArgument> Parse(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int next = 0;
        List<SyntaxArgument> arguments = Parse(words, ref next);
        return next == words.Length ? arguments : throw new FormatException($"'{words[next]}' closes nothing in '{text}'");
    }

    private static List<SyntaxArgument> Parse(string[] words, ref int next)
    {
        var arguments = new List<SyntaxArgument>();
        while (next < words.Length && words[next] != ")")
        {
            string word = words[next++];
            if (word == "(")
            {
                List<SyntaxArgument> parts = Parse(words, ref next);
                arguments[^1] = arguments[^1] with { Arguments = parts };
                next++;
                continue;
            }

            int colon = word.LastIndexOf(':');
            if (colon > 0)
            {
                arguments.Add(new SyntaxArgument(word[..colon], word[(colon + 1)..]));
                continue;
            }

            arguments[^1] = word[0] switch
            {
                '#' => arguments[^1] with { KeySpecIndex = int.Parse(word[1..]) },
                '=' => arguments[^1] with { Token = word[1..] },
                '@' => arguments[^1] with { Since = word[1..] },
                '!' => arguments[^1] with { DeprecatedSince = word[1..] },
                '?' => arguments[^1] with { IsOptional = true },
                '*' => arguments[^1] with { IsMultiple = true },
                '+' => arguments[^1] with { IsMultipleToken = true },
                _ => throw new FormatException($"'{word}' is nothing that can be said of an argument"),
            };
        }

        return arguments;
    }

    private static ILookup<string, string> Read()
        => CommandDocFactsText.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToLookup(line => line[..line.IndexOf(' ')], line => line[(line.IndexOf(' ') + 1)..], StringComparer.Ordinal);
}
