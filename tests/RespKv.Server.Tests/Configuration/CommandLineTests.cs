using RespKv.Engine.Configuration;

namespace RespKv.Server.Tests.Configuration;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_FileAndOptions_AreSeparated()
    {
        CommandLine line = CommandLine.Parse(["a.conf", "--port", "7000", "--bind", "*", "-::1", "--requirepass", "", "--unixsocket"]);

        Assert.Equal(Verb.Serve, line.Verb);
        Assert.Equal("a.conf", line.File);
        Assert.Equal(["port", "bind", "requirepass", "unixsocket"], line.Options.Select(option => option.Name));
        Assert.Equal([["7000"], ["*", "-::1"], [""], []], line.Options.Select(option => option.Values));
    }

    [Fact]
    public void Parse_NegativeNumber_IsAValue()
    {
        Assert.Equal(["-1"], CommandLine.Parse(["--slowlog-log-slower-than", "-1"]).Options[0].Values);
    }

    [Theory]
    [InlineData("--help", Verb.Help)]
    [InlineData("-h", Verb.Help)]
    [InlineData("--version", Verb.Version)]
    [InlineData("-v", Verb.Version)]
    [InlineData("--ping", Verb.Ping)]
    [InlineData("--print-config", Verb.PrintConfig)]
    [InlineData("--print-commands", Verb.PrintCommands)]
    [InlineData("--print-compatibility", Verb.PrintCompatibility)]
    public void Parse_Verb_IsFound(string word, object verb) => Assert.Equal(verb, CommandLine.Parse([word]).Verb);

    [Fact]
    public void Parse_PingBetweenFileAndOptions_KeepsBoth()
    {
        CommandLine line = CommandLine.Parse(["a.conf", "--ping", "--port", "7000"]);

        Assert.Equal((Verb.Ping, "a.conf", "port"), (line.Verb, line.File, line.Options[0].Name));
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("a.conf b.conf")]
    [InlineData("--ping stray")]
    [InlineData("--")]
    public void Parse_WordThatBelongsToNothing_IsRefused(string words)
    {
        var e = Assert.Throws<ConfigException>(() => CommandLine.Parse(words.Split(' ')));

        Assert.Contains("unexpected argument", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HelpText_EveryVerb_IsNamed()
    {
        Assert.All(["--ping", "--print-config", "--version", "--help"], verb => Assert.Contains(verb, HelpText.Text, StringComparison.Ordinal));
    }
}
