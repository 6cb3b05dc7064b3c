using RespKv.Engine.Configuration;
using RespKv.Engine.Execution;
using RespKv.Engine.Sessions;
using RespKv.Protocol;
using RespKv.Storage.Files;

namespace RespKv.Engine.Commands.Server;

/// <summary>CONFIG: the settings of the running server.</summary>
[Command("config", -2, CommandFlags.None, Group = "server", Since = "2.0.0", Complexity = "Depends on subcommand.",
    Summary = "A container for server configuration commands")]
internal static class ConfigCommands
{
    private const CommandFlags OfAdministrators = CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale;

    private static readonly string[] HelpLines =
    [
        "GET <pattern>",
        "    Return parameters matching the glob-like <pattern> and their values.",
        "SET <directive> <value>",
        "    Set the configuration <directive> to <value>.",
        "RESETSTAT",
        "    Reset statistics reported by the INFO command.",
        "REWRITE",
        "    Rewrite the configuration file.",
    ];

    [Command("config|get", -3, OfAdministrators, Group = "server", Since = "2.0.0",
        Complexity = "O(N) when N is the number of configuration parameters provided", Summary = "Get the values of configuration parameters",
        Syntax = "parameter [parameter ...]")]
    internal static void Get(ReadContext c, RequestArgs args)
    {
        var patterns = new List<string>(args.Count - 2);
        for (int i = 2; i < args.Count; i++)
        {
            patterns.Add(ArgumentText.Of(args[i]));
        }

        List<(string Name, string Value)> matches = [.. c.Engine.Config.Match(patterns)];
        c.Reply.MapHeader(matches.Count);
        foreach ((string name, string value) in matches)
        {
            c.Reply.Bulk(name);
            c.Reply.Bulk(value);
        }
    }

    [Command("config|set", -4, OfAdministrators | CommandFlags.HasSecrets, Group = "server", Since = "2.0.0",
        Complexity = "O(N) when N is the number of configuration parameters provided", Summary = "Set configuration parameters to the given values",
        Syntax = "parameter value [parameter value ...]", Tips = "request_policy:all_nodes response_policy:all_succeeded")]
    internal static void Set(ReadContext c, RequestArgs args)
    {
        if (args.Count % 2 != 0)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        var settings = new List<(string Name, string Value)>((args.Count - 2) / 2);
        for (int i = 2; i < args.Count; i += 2)
        {
            settings.Add((ArgumentText.Of(args[i]), ArgumentText.Of(args[i + 1])));
        }

        if (ConfigSetTls.Concerns(c.Engine, settings))
        {
            ConfigSetTls.Set(c, settings);
            return;
        }

        ConfigSetResult result = c.Engine.Config.Set(settings);
        if (result.ErrorText is { } error)
        {
            c.Fail(error);
            return;
        }

        c.Reply.Ok();
    }

    [Command("config|resetstat", 2, OfAdministrators, Group = "server", Since = "2.0.0", Complexity = "O(1)",
        Summary = "Reset the stats returned by INFO")]
    internal static void ResetStat(ReadContext c, RequestArgs args)
    {
        _ = args;
        c.Engine.Stats.Reset();
        c.Engine.Evictor.ResetStats();
        c.Engine.Databases.Memory.ReleasedCollections = 0;
        c.Engine.Commit.Stats.Reset();
        foreach (CommandEntry entry in c.Engine.Commands.AllWithSubcommands())
        {
            entry.ResetStats();
        }

        c.Reply.Ok();
    }

    [Command("config|rewrite", 2, OfAdministrators | CommandFlags.Waits, Group = "server", Since = "2.8.0", Complexity = "O(1)",
        Summary = "Rewrite the configuration file with the in memory configuration")]
    internal static void Rewrite(ReadContext c, RequestArgs args)
    {
        _ = args;
        RespEngine engine = c.Engine;
        if (engine.Config.ConfigFile is not { } path)
        {
            c.Fail("ERR The server is running without a config file");
            return;
        }

        engine.Config.DescribedUsers = [.. engine.Acl.Describe()];

        // The disk is waited for outside the turn; other clients go on meanwhile.
        string? error = null;
        Task work = Task.Run(() =>
        {
            try
            {
                ConfigFileWriter.Rewrite(engine.Files, engine.Config, path);
            }
            catch (Exception e)
            {
                error = e.Message;
            }
        });
        c.Suspend(new Suspension((c, _) => AnswerRewrite(c, error), Work: work));
    }

    [Command("config|help", 2, CommandFlags.Loading | CommandFlags.Stale, Group = "server", Since = "5.0.0", Complexity = "O(1)",
        Summary = "Show helpful text about the different subcommands")]
    internal static void Help(ReadContext c, RequestArgs args)
    {
        _ = args;
        HelpReply.Write(c, "CONFIG", HelpLines);
    }

    private static void AnswerRewrite(ReadContext c, string? error)
    {
        if (error is null)
        {
            c.Engine.Log.Write(EngineLogLevel.Notice, $"CONFIG REWRITE: wrote {c.Engine.Config.ConfigFile}");
            c.Reply.Ok();
        }
        else
        {
            c.Engine.Log.Write(EngineLogLevel.Warning, $"CONFIG REWRITE failed: {error}");
            c.Fail($"ERR Rewriting config file: {error}");
        }
    }
}
