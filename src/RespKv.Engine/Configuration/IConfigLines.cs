namespace RespKv.Engine.Configuration;

/// <summary>Takes what a configuration file says, in its order, files that it includes in their places.</summary>
internal interface IConfigLines
{
    /// <param name="line">The line without blanks around it.</param>
    /// <param name="words">Its words, at least one.</param>
    /// <param name="origin">Where it stands.</param>
    void Take(string line, IReadOnlyList<string> words, ConfigOrigin origin);

    /// <summary>A line that cannot be split into words, or a file that an include line names and that cannot be read. Reading goes on behind it.</summary>
    void Broken(string line, ConfigException error);
}

/// <summary>The server's own reading: a line is applied, and the first that cannot be used ends it.</summary>
internal sealed class ConfigLinesOf(ServerConfig config) : IConfigLines
{
    public void Take(string line, IReadOnlyList<string> words, ConfigOrigin origin) => ConfigLoader.Apply(config, words[0], [.. words.Skip(1)], origin);

    public void Broken(string line, ConfigException error) => throw error;
}
