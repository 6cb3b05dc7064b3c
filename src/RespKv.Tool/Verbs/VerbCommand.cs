using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace RespKv.Tool.Verbs;

/// <summary>A verb whose help ends with examples and exit codes.</summary>
internal sealed class VerbCommand(string name, string summary, string notes) : Command(name, summary)
{
    internal string Notes { get; } = notes;
}

/// <summary>The library's help, and behind it what the verb has to add.</summary>
internal sealed class VerbHelp(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is VerbCommand verb)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(verb.Notes);
        }

        return result;
    }
}
