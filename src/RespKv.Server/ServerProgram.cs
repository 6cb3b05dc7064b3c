using System.Collections;
using RespKv.Engine.Commands.Introspection;
using RespKv.Engine.Configuration;
using RespKv.Hosting;
using RespKv.Server.Hosting;
using RespKv.Server.Verbs;
using RespKv.Storage.Files;

namespace RespKv.Server;

/// <summary>From the command line to an exit code.</summary>
internal static class ServerProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        var files = new PosixFileSystem();
        CommandLine commandLine;
        ServerConfig config;
        try
        {
            commandLine = CommandLine.Parse(args);
            switch (commandLine.Verb)
            {
                case Verb.Help:
                    await Console.Out.WriteAsync(HelpText.Text).ConfigureAwait(false);
                    return ExitCodes.Success;
                case Verb.Version:
                    await Console.Out.WriteLineAsync(ProductVersion.Line).ConfigureAwait(false);
                    return ExitCodes.Success;
                case Verb.PrintConfig:
                    await Console.Out.WriteAsync(ServerConfig.SampleText()).ConfigureAwait(false);
                    return ExitCodes.Success;
                case Verb.PrintCommands:
                    await Console.Out.WriteAsync(CommandReference.Overview()).ConfigureAwait(false);
                    return ExitCodes.Success;
                case Verb.PrintCompatibility:
                    await Console.Out.WriteAsync(CommandReference.Compatibility()).ConfigureAwait(false);
                    return ExitCodes.Success;
            }

            config = ConfigLoader.Load(new ConfigSources(
                commandLine.File,
                path => ConfigFile.ReadText(files, path),
                EnvironmentVariables(),
                commandLine.Options)
            {
                FindFiles = pattern => ConfigFile.Find(files, pattern),
            });
        }
        catch (ConfigException e)
        {
            await Console.Error.WriteAsync($"\n*** FATAL CONFIG ERROR (RespKv {ProductVersion.Text}) ***\n{e.Message}\n").ConfigureAwait(false);
            return ExitCodes.StartRefused;
        }

        return commandLine.Verb == Verb.Ping
            ? await PingVerb.RunAsync(config, Console.Out, Console.Error, PingVerb.AnswerWithin).ConfigureAwait(false)
            : await ServerHost.RunAsync(config, files).ConfigureAwait(false);
    }

    private static IEnumerable<KeyValuePair<string, string>> EnvironmentVariables()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            yield return new KeyValuePair<string, string>((string)variable.Key, (string?)variable.Value ?? "");
        }
    }
}
