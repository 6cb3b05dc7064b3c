using RespKv.Engine.Commands;
using RespKv.Engine.Commands.Introspection;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.House;

/// <summary>
/// README.md and docs/compatibility.md have the tables that the declarations give. With RESPKV_UPDATE_DOCUMENTS=1 in the environment the test
/// writes them instead.
/// </summary>
public sealed class CommandDocumentsTests
{
    private const string Begin = "<!-- commands: written by the declarations, see docs/HACKING.md -->\n";
    private const string End = "<!-- end of commands -->\n";

    [Fact]
    public void Readme_has_the_table_of_the_declarations() => HasTable("README.md", CommandReference.Overview());

    [Fact]
    public void Compatibility_has_the_table_of_the_declarations() => HasTable(Path.Combine("docs", "compatibility.md"), CommandReference.Compatibility());

    [Fact]
    public void Every_command_of_redis_and_of_ours_is_in_the_table()
    {
        string table = CommandReference.Compatibility();
        Assert.Equal(366, RedisCommandNames.All.Count);
        foreach (string name in RedisCommandNames.All.Concat(BuiltInCommands.Create().AllWithSubcommands().Select(entry => entry.Name)))
        {
            Assert.Contains($"| {name.Replace('|', ' ').ToUpperInvariant()} | ", table, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Difference_is_told_of_commands_that_are_there()
    {
        var ours = BuiltInCommands.Create().AllWithSubcommands().Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);

        Assert.All(CommandDifferences.Names, name => Assert.Contains(name, ours));
        Assert.All(CommandDifferences.Names, name => Assert.NotEqual("", CommandDifferences.Of(name)));
    }

    private static void HasTable(string path, string table)
    {
        string file = Path.Combine(Repository.Root(), path);
        string text = File.ReadAllText(file);
        int start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(start >= Begin.Length && end >= start, $"{path} has lost the marks of its table");
        if (Environment.GetEnvironmentVariable("RESPKV_UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(file, text[..start] + table + text[end..]);
            return;
        }

        Assert.True(
            text[start..end] == table,
            $"{path} is not what the declarations say. Run: RESPKV_UPDATE_DOCUMENTS=1 dotnet test -c Release tests/RespKv.Engine.Tests --filter FullyQualifiedName~CommandDocuments");
    }
}
