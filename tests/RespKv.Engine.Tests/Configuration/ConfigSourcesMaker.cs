using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

/// <summary>Loads a configuration from files, variables and options that a test writes down.</summary>
internal static class ConfigSourcesMaker
{
    /// <summary>Files are pairs of path and text; the first one is the configuration file.</summary>
    public static ServerConfig LoadFiles(params (string Path, string Text)[] files) => Load(files, [], []);

    public static ServerConfig LoadFile(string text) => LoadFiles(("test.conf", text));

    public static ServerConfig LoadOptions(params (string Name, string[] Values)[] options) => Load([], [], options);

    public static ServerConfig LoadEnvironment(params (string Name, string Value)[] variables) => Load([], variables, []);

    public static ServerConfig Load(
        (string Path, string Text)[] files,
        (string Name, string Value)[] variables,
        (string Name, string[] Values)[] options)
    {
        Dictionary<string, string> texts = files.ToDictionary(file => file.Path, file => file.Text);
        return ConfigLoader.Load(new ConfigSources(
            files.Length == 0 ? null : files[0].Path,
            path => texts.TryGetValue(path, out string? text) ? text : throw new FileNotFoundException("No such file or directory"),
            variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)),
            [.. options.Select(option => (option.Name, (IReadOnlyList<string>)option.Values))]));
    }
}
