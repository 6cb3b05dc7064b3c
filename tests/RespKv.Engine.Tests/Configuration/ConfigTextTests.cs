using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

public sealed class ConfigTextTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData(" \t port\t 6380 \r", new[] { "port", "6380" })]
    [InlineData("requirepass \"a b\"", new[] { "requirepass", "a b" })]
    [InlineData("requirepass 'a \"b\" \\' c\\n'", new[] { "requirepass", "a \"b\" ' c\\n" })]
    [InlineData(@"x ""\n\r\t\b\a\\\""\x41\xc3\xa9\q""", new[] { "x", "\n\r\t\b\a\\\"Aéq" })]
    [InlineData("x \"\" ''", new[] { "x", "", "" })]
    [InlineData("x foo\"bar\"", new[] { "x", "foobar" })]
    [InlineData("x \"é€\U0001F600\\é\"", new[] { "x", "é€\U0001F600é" })]
    [InlineData("x \"\\xzz\"", new[] { "x", "xzz" })]
    [InlineData("x \\n", new[] { "x", "\\n" })]
    public void Split_WellFormedLine_GivesTheWords(string line, string[] expected)
    {
        Assert.Null(ConfigText.Split(line, out List<string> words));
        Assert.Equal(expected, words);
    }

    [Theory]
    [InlineData("port \"6380", "Unbalanced quotes")]
    [InlineData("port '6380", "Unbalanced quotes")]
    [InlineData("port \"63\"80", "closing quote has to be followed by a blank")]
    [InlineData("port '63'80", "closing quote has to be followed by a blank")]
    [InlineData("port \"\\", "Unbalanced quotes")]
    [InlineData("x \"\\xff\"", "not UTF-8")]
    public void Split_BrokenLine_SaysWhatIsWrong(string line, string expected)
    {
        Assert.Contains(expected, ConfigText.Split(line, out _), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("./a/b", "./a/b")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("#x", "\"#x\"")]
    [InlineData("a\"b\\c\n\u0001é", "\"a\\\"b\\\\c\\n\\x01é\"")]
    public void Quote_AnyWord_IsReadBackAsTheSameWord(string word, string quoted)
    {
        Assert.Equal(quoted, ConfigText.Quote(word));
        Assert.Null(ConfigText.Split(quoted, out List<string> words));
        Assert.Equal([word], words);
    }
}
