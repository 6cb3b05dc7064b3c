using System.Text;
using RespKv.Engine.Configuration;
using RespKv.Fuzz.Disk;
using RespKv.Fuzz.Running;

namespace RespKv.Fuzz.Configuration;

/// <summary>
/// redis.conf syntax: a text is refused with ConfigException, or gives a configuration that is the same after CONFIG REWRITE, into the old
/// text and into an empty file, once and twice. A zero byte in an input begins the file that "include other"
/// takes, a second one what CONFIG SET is called with.
/// </summary>
internal sealed class ConfigTarget : IFuzzTarget
{
    private const string Main = "/etc/respkv.conf";
    private const string Other = "other";

    /// <summary>The real file is read on one in so many inputs: it costs a buffer of 1 MiB.</summary>
    private const int ReadFileOneIn = 32;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ConfigMaker _maker = new();
    private readonly MemoryFiles _files = new();
    private string _main = "";
    private string _other = "";

    /// <summary>Several configurations, each with all directives as text, and the buffer of one file.</summary>
    public long AllocatedBytesMax => 3 << 20;

    /// <summary>The text is split, quoted and joined some times; an error names the nearest directive. The other file may be included by many lines.</summary>
    public long AllocatedPerInputByte => 8 << 10;

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input) => _maker.Make(random, parent, other, input);

    public void Run(ReadOnlySpan<byte> input, RunResult result)
    {
        if (!TryRead(input, out string[] parts))
        {
            result.Outcome("not UTF-8");
            return;
        }

        _main = parts[0];
        _other = parts.Length > 1 ? parts[1] : "";
        result.Enter();
        try
        {
            ServerConfig config = Load(_main);
            if (parts.Length > 2)
            {
                Set(config, parts[2], result);
            }

            CheckRewrite(config, _main);
            CheckRewrite(config, null);
            foreach ((string name, _) in config.Match(["*"]).Where(pair => pair.Value != Defaults.GetValueOrDefault(pair.Name)))
            {
                result.Feature(name);
            }

            result.Outcome("loads");
        }
        catch (ConfigException e)
        {
            result.Feature((ulong)Math.Min(e.Origin.Line, 4));
            result.Feature(e.Reason.Split('\'', ';')[0]);
            result.Outcome("refused");
        }
        finally
        {
            result.Leave();
        }
    }

    public string Describe(ReadOnlySpan<byte> input) => Encoding.UTF8.GetString(input);

    private static Dictionary<string, string> Defaults { get; } = new ServerConfig().Match(["*"]).ToDictionary(pair => pair.Name, pair => pair.Value);

    private static string Text(ServerConfig config) => string.Join("\n", config.Match(["*"]).Select(pair => $"{pair.Name}={pair.Value}"));

    private bool TryRead(ReadOnlySpan<byte> input, out string[] parts)
    {
        parts = [];
        string text;
        try
        {
            text = StrictUtf8.GetString(input).TrimStart('\ufeff');
        }
        catch (DecoderFallbackException)
        {
            text = null!;
        }

        if (input.Length % ReadFileOneIn == 0)
        {
            ThrowUnlessSame(text, input);
        }

        parts = text?.Split('\0') ?? [];
        return text is not null;
    }

    private void ThrowUnlessSame(string? text, ReadOnlySpan<byte> input)
    {
        _files.Clear();
        _files.Put("respkv.conf", input);
        try
        {
            if (ConfigFile.ReadText(_files, Main) != text)
            {
                throw new FindingException("the file is read as another text");
            }
        }
        catch (IOException) when (text is null)
        {
            // Not UTF-8: refused.
        }
    }

    private ServerConfig Load(string text)
    {
        return ConfigLoader.Load(new ConfigSources(Main, Read, [], []));

        string Read(string path) => path == Main ? text : path == Other ? _other : throw new IOException("no such file");
    }

    private static void Set(ServerConfig config, string line, RunResult result)
    {
        string[] words = line.Split(' ', 2);
        string before = Text(config);
        ConfigSetResult set = config.Set([(words[0], words.Length > 1 ? words[1] : "")]);
        if (!set.Succeeded && Text(config) != before)
        {
            throw new FindingException($"CONFIG SET failed and changed something: {set.ErrorText}");
        }

        result.Feature(set.ErrorText ?? "set");
    }

    // Twice: as in Redis the second one may add lines of default values for a directive that takes several.
    private void CheckRewrite(ServerConfig config, string? existing)
    {
        string expected = Text(config);
        string? text = existing;
        for (int times = 0; times < 2; times++)
        {
            text = config.RewriteText(text);
            try
            {
                config = Load(text);
            }
            catch (ConfigException e)
            {
                throw new FindingException($"what CONFIG REWRITE writes is refused: {e.Message}\n{text}");
            }

            if (Text(config) != expected)
            {
                throw new FindingException($"CONFIG REWRITE changes the configuration: {Difference(expected, Text(config))}\n{text}");
            }
        }
    }

    private static string Difference(string expected, string actual)
    {
        var pairs = expected.Split('\n').Zip(actual.Split('\n')).Where(pair => pair.First != pair.Second);
        return string.Join("; ", pairs.Select(pair => $"{pair.First} became {pair.Second}"));
    }
}
