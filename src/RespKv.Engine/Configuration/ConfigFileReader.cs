namespace RespKv.Engine.Configuration;

/// <summary>Reads redis.conf syntax: one directive per line, # starts a comment line, include takes another file, later lines win.</summary>
internal sealed class ConfigFileReader(ServerConfig config, Func<string, string> readText)
{
    public const string IncludeKeyword = "include";

    /// <summary>Deeper than anybody nests on purpose: a file that includes itself ends here.</summary>
    public const int IncludeDepthMax = 16;

    /// <param name="path">The file; relative paths, in include lines too, are taken from the working directory as in Redis.</param>
    /// <exception cref="ConfigException">The file cannot be read, or a line of it cannot be used.</exception>
    public void Read(string path) => Read(path, ConfigOrigin.None, includeLine: null, depth: 0);

    private void Read(string path, ConfigOrigin includedFrom, string? includeLine, int depth)
    {
        if (depth > IncludeDepthMax)
        {
            throw new ConfigException(includedFrom, includeLine, $"includes are nested deeper than {IncludeDepthMax} files; does a file include itself?");
        }

        string text;
        try
        {
            text = readText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigException(includedFrom, includeLine, $"can't open config file '{path}': {e.Message}");
        }

        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim(' ', '\t', '\r');
            if (line.Length > 0 && line[0] != '#')
            {
                ReadLine(line, new ConfigOrigin(path, number), depth);
            }
        }
    }

    private void ReadLine(string line, ConfigOrigin origin, int depth)
    {
        string? error = ConfigText.Split(line, out List<string> words);
        if (error is not null)
        {
            throw new ConfigException(origin, ConfigLoader.BlankSecret(line), error);
        }

        if (words.Count == 0)
        {
            // Blanks of other kinds (\v, \f) than those that were trimmed.
            return;
        }

        if (!string.Equals(words[0], IncludeKeyword, StringComparison.OrdinalIgnoreCase))
        {
            ConfigLoader.Apply(config, words[0], words[1..], origin);
        }
        else if (words.Count != 2)
        {
            throw new ConfigException(origin, line, $"{ConfigErrors.WrongNumberOfArguments}: include takes the path of one file");
        }
        else
        {
            Read(words[1], origin, line, depth + 1);
        }
    }
}
