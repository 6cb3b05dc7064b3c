using System.CommandLine;
using System.Globalization;
using RespKv.Tool.Backup;
using RespKv.Tool.Check;
using RespKv.Tool.Output;
using Spectre.Console;

namespace RespKv.Tool.Verbs;

/// <summary>backup DIR TARGET, backup --from HOST:PORT TARGET</summary>
internal static class BackupVerb
{
    /// <summary>A password on the command line would be in everybody's process list.</summary>
    private const string PasswordVariable = "RESPKV_PASSWORD";

    private const int PortMax = 65535;

    private const string Summary = "Copies a data directory consistently, and verifies the copy.";

    private const string Notes = """
        Of a stopped server: DIR TARGET. Of a running one: --from HOST:PORT TARGET. TARGET must not exist or be an empty directory; until the copy is complete it is called TARGET.partial.

        Examples:
          respkv backup /var/lib/respkv /backup/monday
          RESPKV_PASSWORD=secret respkv backup --from 127.0.0.1:6379 --user backup /backup/monday

        The password is taken from RESPKV_PASSWORD, or asked for with --password.
        Exit codes: 0 fine; 1 wrong usage, an I/O error, or the server refused; 2 copied, with a torn tail that start-up will
        cut; 3 what was copied is corrupt: nothing got the name TARGET.
        """;

    internal static Command Create(ToolContext context)
    {
        var paths = new Argument<string[]>("DIR TARGET")
        {
            Description = "The data directory and the copy; with --from only the copy.",
            Arity = new ArgumentArity(1, 2),
        };
        var from = new Option<string>("--from") { Description = "A running server.", HelpName = "host:port" };
        var user = new Option<string>("--user") { Description = "Its user; `default` when left out." };
        var password = new Option<bool>("--password") { Description = "Asks for the password." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new VerbCommand("backup", Summary, Notes);
        command.Arguments.Add(paths);
        foreach (Option option in new Option[] { from, user, password, json })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            bool isOnline = result.GetResult(from) is not null;
            int count = result.GetResult(paths)?.Tokens.Count ?? 0;
            if (count != (isOnline ? 1 : 2))
            {
                result.AddError(isOnline ? "backup --from HOST:PORT wants TARGET" : "backup wants DIR and TARGET, or --from HOST:PORT and TARGET");
            }
            else if (isOnline && !TryParse(result.GetValue(from) ?? "", out _, out _))
            {
                result.AddError("--from wants HOST:PORT");
            }
        });
        command.SetAction(parsed =>
        {
            string[] values = parsed.GetRequiredValue(paths);
            string target = ToolContext.FullPath(values[^1]);
            CheckReport report = parsed.GetValue(from) is { } address
                ? Online(context, address, parsed.GetValue(user), parsed.GetValue(password), target)
                : Offline(context, ToolContext.FullPath(values[0]), target);
            if (parsed.GetValue(json))
            {
                CheckVerb.PrintJson(context.Output, report);
            }
            else
            {
                CheckVerb.Print(context.Output, report);
            }

            return report.ExitCode;
        });
        return command;
    }

    private static bool TryParse(string address, out string host, out int port)
    {
        int colon = address.LastIndexOf(':');
        host = colon > 0 ? address[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0
            && int.TryParse(address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= PortMax;
    }

    private static CheckReport Offline(ToolContext context, string source, string target)
        => context.WithProgress("Copying", bar => OfflineBackup.Run(context.Files, source, target, bar, context.Cancel));

    private static CheckReport Online(ToolContext context, string address, string? user, bool ask, string target)
    {
        _ = TryParse(address, out string host, out int port);
        string? secret = ask ? Ask(context) : context.Variable(PasswordVariable);
        using ServerConnection server = ServerConnection.Open(host, port);
        if (user is not null || secret is not null)
        {
            server.Call(["AUTH", .. user is null ? Array.Empty<string>() : [user], secret ?? ""]);
        }

        return context.WithProgress(
            "Copying", bar => new OnlineBackup(server, context.Files, bar, context.Cancel).Run(target));
    }

    private static string Ask(ToolContext context)
    {
        return context.IsTerminal
            ? AnsiConsole.Prompt(new TextPrompt<string>("Password:").Secret().AllowEmpty())
            : throw new ToolException($"--password asks on a terminal; without one use {PasswordVariable}");
    }
}
