using System.CommandLine;
using RespKv.Engine.Configuration;
using RespKv.Engine.Configuration.Migration;
using RespKv.Storage.Files;
using RespKv.Tool.ConfigCheck;

namespace RespKv.Tool.Verbs;

/// <summary>config-check FILE</summary>
internal static class ConfigCheckVerb
{
    private const string Summary = "Says of each line of a redis.conf what becomes of it here: same, different, ignored or unsupported, and why.";

    private const string Notes = """
        Reads the file as Redis does, with the files that it includes, and gives each line to the directive that a start would give it to.
        Passwords are not printed. Paths of include lines are taken from the working directory, as in Redis.

        same         it means what it means to Redis
        different    a start takes it, and something else follows from it
        ignored      a start takes it, and nothing follows from it
        unsupported  a start would refuse it

        Examples:
          respkv config-check /etc/redis/redis.conf
          respkv config-check --write respkv.conf /etc/redis/redis.conf
          respkv config-check --json /etc/redis/redis.conf | jq '.lines[] | select(.verdict == "unsupported")'

        --write makes a new file, with the passwords of the old one.
        Exit codes: 0 nothing is different or unsupported; 1 something is, or wrong usage; 2 the file, or one that it includes, cannot be
        read, or the new one cannot be written.
        """;

    internal static Command Create(ToolContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The redis.conf." };
        var write = new Option<string>("--write") { Description = "Writes the respkv.conf that it becomes.", HelpName = "file" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new VerbCommand("config-check", Summary, Notes);
        command.Arguments.Add(file);
        command.Options.Add(write);
        command.Options.Add(json);
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(file), parsed.GetValue(write), parsed.GetValue(json)));
        return command;
    }

    private static int Run(ToolContext context, string path, string? target, bool asJson)
    {
        RedisConfigReport report = Read(context.Files, path);
        if (target is not null)
        {
            Write(context.Files, target, MigratedConfig.Text(report));
        }

        if (asJson)
        {
            ConfigCheckOutput.PrintJson(context.Output, report);
        }
        else
        {
            ConfigCheckOutput.Print(context.Output, report, target);
        }

        return ConfigCheckOutput.ExitCode(report);
    }

    private static RedisConfigReport Read(IFileSystem files, string path)
    {
        try
        {
            return RedisConfigCheck.Run(files, path);
        }
        catch (ConfigException e)
        {
            throw new ToolException(e.Message, ExitCodes.ConfigUnreadable);
        }
    }

    private static void Write(IFileSystem files, string target, string text)
    {
        try
        {
            using IFile file = files.Open(target, FileOpenKind.CreateNew);
            file.Write(System.Text.Encoding.UTF8.GetBytes(text), 0);
            file.SyncData();
        }
        catch (IOException e)
        {
            throw new ToolException(e.Message, ExitCodes.ConfigUnreadable);
        }
    }
}
