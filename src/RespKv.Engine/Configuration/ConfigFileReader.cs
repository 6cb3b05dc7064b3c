namespace RespKv.Engine.Configuration;

/// <summary>
/// Reads redis.conf syntax: one directive per line, # starts a comment line, include takes other files, later lines win. What the lines
/// mean is the business of the one who takes them.
/// </summary>
/// <param name="lines">Takes the lines.</param>
/// <param name="readText">Reads a whole text file; throws IOException when it cannot.</param>
/// <param name="findFiles">The files that a pattern of an include line matches, in their order; null: such a line is an error.</param>
internal sealed class ConfigFileReader(IConfigLines lines, Func<string, string> readText, Func<string, IReadOnlyList<string>>? findFiles = null)
{
    public const string IncludeKeyword = "include";

    /// <summary>Deeper than anybody nests on purpose: a file that includes itself ends here.</summary>
    public const int IncludeDepthMax = 16;

    /// <param name="path">The file; relative paths, in include lines too, are taken from the working directory as in Redis.</param>
    /// <exception cref="ConfigException">The file cannot be read, or a line of it cannot be used.</exception>
    public void Read(string path) => Read(path, ReadText(path, ConfigOrigin.None, includeLine: null), depth: 0);

    private void Read(string path, string text, int depth)
    {
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
            lines.Broken(line, new ConfigException(origin, ConfigLoader.BlankSecret(line), error));
            return;
        }

        if (words.Count == 0)
        {
            // Blanks of other kinds (\v, \f) than those that were trimmed.
            return;
        }

        if (!string.Equals(words[0], IncludeKeyword, StringComparison.OrdinalIgnoreCase))
        {
            lines.Take(line, words, origin);
        }
        else if (words.Count != 2)
        {
            lines.Broken(line, new ConfigException(origin, line, $"{ConfigErrors.WrongNumberOfArguments}: include takes the path of one file"));
        }
        else
        {
            Include(line, words[1], origin, depth + 1);
        }
    }

    private void Include(string line, string pattern, ConfigOrigin origin, int depth)
    {
        IReadOnlyList<string> paths;
        try
        {
            // As in Redis: a pattern that matches nothing is no error, a file that is not there is one.
            paths = IsPattern(pattern) && findFiles is not null ? findFiles(pattern) : [pattern];
        }
        catch (IOException e)
        {
            lines.Broken(line, new ConfigException(origin, line, $"can't look for '{pattern}': {e.Message}"));
            return;
        }

        foreach (string path in paths)
        {
            if (depth > IncludeDepthMax)
            {
                lines.Broken(line, new ConfigException(origin, line, $"includes are nested deeper than {IncludeDepthMax} files; does a file include itself?"));
                return;
            }

            string text;
            try
            {
                text = ReadText(path, origin, line);
            }
            catch (ConfigException e)
            {
                lines.Broken(line, e);
                continue;
            }

            Read(path, text, depth);
        }
    }

    private string ReadText(string path, ConfigOrigin includedFrom, string? includeLine)
    {
        try
        {
            return readText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigException(includedFrom, includeLine, $"can't open config file '{path}': {e.Message}");
        }
    }

    private static bool IsPattern(string path) => path.AsSpan().ContainsAny('*', '?', '[');
}
