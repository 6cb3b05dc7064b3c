namespace RespKv.Engine.Commands.Introspection;

/// <summary>
/// Builds the argument tree of COMMAND DOCS from the syntax line of a declaration, for example
/// <c>key value [NX | XX] [EX seconds | KEEPTTL]</c>.
/// </summary>
/// <remarks>
/// <code>
/// alternatives = sequence *( "|" sequence )
/// sequence     = 1*( word / "[" alternatives "]" / "&lt;" alternatives "&gt;" / "[" the words before, again, "..." "]" )
/// </code>
/// A word in capitals is a token and takes the words behind it as its values; several values, or alternatives of several arguments, make a block.
/// </remarks>
internal sealed class CommandSyntax
{
    private readonly string _command;
    private readonly int _keySpecCount;
    private readonly List<string> _parts;
    private int _next;
    private int _keysSeen;

    private CommandSyntax(string syntax, string command, int keySpecCount)
    {
        _command = command;
        _keySpecCount = keySpecCount;
        _parts = SyntaxLexer.Split(syntax);
    }

    /// <exception cref="FormatException">Brackets do not match, or a repetition repeats something else than what stands before it.</exception>
    public static IReadOnlyList<SyntaxArgument> Parse(string syntax, string command, int keySpecCount)
    {
        var parser = new CommandSyntax(syntax, command, keySpecCount);
        List<List<SyntaxArgument>> alternatives = parser.Alternatives();
        if (parser._next < parser._parts.Count)
        {
            throw new FormatException($"syntax of '{command}': '{parser._parts[parser._next]}' closes nothing");
        }

        return alternatives.Count == 1 ? alternatives[0] : [OneOf(alternatives)];
    }

    private List<List<SyntaxArgument>> Alternatives()
    {
        var alternatives = new List<List<SyntaxArgument>> { Sequence() };
        while (_next < _parts.Count && _parts[_next] == "|")
        {
            _next++;
            alternatives.Add(Sequence());
        }

        return alternatives;
    }

    private List<SyntaxArgument> Sequence()
    {
        var arguments = new List<SyntaxArgument>();
        while (_next < _parts.Count && _parts[_next] is not ("|" or "]" or ">"))
        {
            string part = _parts[_next];
            if (part == "[" && TryRepetition(arguments))
            {
                continue;
            }

            arguments.Add(part switch
            {
                "[" => Group("]") with { IsOptional = true },
                "<" => Group(">"),
                _ when SyntaxLexer.IsToken(part) => Token(),
                _ => Value(),
            });
        }

        if (arguments.Count == 0)
        {
            throw new FormatException($"syntax of '{_command}': nothing stands where an argument should");
        }

        return arguments;
    }

    /// <summary>What stands in brackets, as one argument.</summary>
    private SyntaxArgument Group(string end)
    {
        _next++;
        List<List<SyntaxArgument>> alternatives = Alternatives();
        if (_next == _parts.Count || _parts[_next] != end)
        {
            throw new FormatException($"syntax of '{_command}': '{end}' is missing");
        }

        _next++;
        return alternatives.Count == 1 ? Block(alternatives[0]) : OneOf(alternatives);
    }

    private SyntaxArgument Token()
    {
        string token = _parts[_next++];
        if (_next < _parts.Count && _parts[_next] == "<")
        {
            return Group(">") with { Token = token };
        }

        var values = new List<SyntaxArgument>();
        while (_next < _parts.Count && IsValueName(_parts[_next]))
        {
            values.Add(Value());
        }

        // LIMIT offset count, and GET pattern [pattern ...]: the repetition belongs to the value.
        if (values.Count > 0 && _next < _parts.Count && _parts[_next] == "[")
        {
            TryRepetition(values);
        }

        return values.Count == 0
            ? new SyntaxArgument(token.ToLowerInvariant(), "pure-token") { Token = token }
            : Block(values) with { Token = token };
    }

    private SyntaxArgument Value()
    {
        string name = _parts[_next++];
        if (_keySpecCount > 0 && SyntaxTypes.IsKey(name))
        {
            return new SyntaxArgument(name, "key") { KeySpecIndex = Math.Min(_keysSeen++, _keySpecCount - 1) };
        }

        return new SyntaxArgument(name, SyntaxTypes.OfValue(name, _command));
    }

    /// <summary>
    /// Takes <c>[key ...]</c> behind <c>key</c>, <c>[key value ...]</c> behind <c>key value</c>, <c>[GET pattern ...]</c> behind
    /// <c>[GET pattern]</c>. False: the bracket is something else.
    /// </summary>
    private bool TryRepetition(List<SyntaxArgument> arguments)
    {
        int end = _parts.IndexOf("]", _next);
        if (end < 0 || _parts[end - 1] != SyntaxLexer.Repeat || _parts.IndexOf("[", _next + 1, end - _next - 1) >= 0)
        {
            return false;
        }

        List<string> repeated = _parts[(_next + 1)..(end - 1)];
        bool withToken = SyntaxLexer.IsToken(repeated[0]);
        int count = withToken ? 1 : repeated.Count;
        if (count > arguments.Count)
        {
            throw new FormatException($"syntax of '{_command}': '{string.Join(' ', repeated)} ...' repeats nothing");
        }

        List<SyntaxArgument> last = arguments.GetRange(arguments.Count - count, count);
        arguments.RemoveRange(arguments.Count - count, count);
        arguments.Add(Block(last) with { IsMultiple = true, IsMultipleToken = withToken });
        _next = end + 1;
        return true;
    }

    private static bool IsValueName(string part) => part is not ("[" or "]" or "<" or ">" or "|") && !SyntaxLexer.IsToken(part);

    private static SyntaxArgument Block(List<SyntaxArgument> arguments)
        => arguments.Count == 1 ? arguments[0] : new SyntaxArgument(JoinNames(arguments), "block") { Arguments = arguments };

    private static SyntaxArgument OneOf(List<List<SyntaxArgument>> alternatives)
    {
        List<SyntaxArgument> choices = [.. alternatives.Select(Block)];
        return new SyntaxArgument(JoinNames(choices), "oneof") { Arguments = choices };
    }

    private static string JoinNames(List<SyntaxArgument> arguments) => string.Join('_', arguments.Select(a => a.Name));
}
