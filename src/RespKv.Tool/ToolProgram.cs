using System.CommandLine;
using System.CommandLine.Help;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.Tool.Verbs;

namespace RespKv.Tool;

/// <summary>The command line: verbs, and what their failures become.</summary>
internal static class ToolProgram
{
    private const string Description = """
        Looks at, copies and repairs the data directory of a RespKv server, offline; and says what becomes of a redis.conf.

        Exit codes: 0 fine; 1 wrong usage, or an I/O error; 2 a warning (a torn tail: start-up would cut it);
        3 corruption (start-up would refuse), or something was lost. config-check has exit codes of its own.
        """;

    internal static int Run(string[] args, ToolContext context)
    {
        var root = new RootCommand(Description);
        root.Subcommands.Add(CheckVerb.Create(context));
        root.Subcommands.Add(DumpVerb.Create(context));
        root.Subcommands.Add(StatsVerb.Create(context));
        root.Subcommands.Add(RepairVerb.Create(context));
        root.Subcommands.Add(BackupVerb.Create(context));
        root.Subcommands.Add(ConfigCheckVerb.Create(context));
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new VerbHelp((HelpAction)help.Action!);
        }

        var configuration = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return root.Parse(args).Invoke(configuration);
        }
        catch (ToolException e)
        {
            return Fail(context, e.Message, e.ExitCode);
        }
        catch (OperationCanceledException)
        {
            return Fail(context, "interrupted", ExitCodes.Failed);
        }
        catch (IOException e)
        {
            bool isCorruption = e is ManifestCorruptionException or TableCorruptionException or WalCorruptionException;
            return Fail(context, e.Message, isCorruption ? ExitCodes.Corruption : ExitCodes.Failed);
        }
    }

    private static int Fail(ToolContext context, string message, int exitCode)
    {
        context.Error.WriteLine($"respkv: {message}");
        return exitCode;
    }
}
