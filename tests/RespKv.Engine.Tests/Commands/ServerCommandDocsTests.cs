using RespKv.Engine.Commands;
using RespKv.Engine.Commands.Introspection;
using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>The argument tree of COMMAND DOCS, as it is read from a syntax line, and what holds for all commands.</summary>
public sealed class ServerCommandDocsTests
{
    [Theory]
    [InlineData("key", "key:key#0")]
    [InlineData("key [key ...]", "key:key#0*")]
    [InlineData("key value [key value ...]", "key_value:block*(key:key#0 value:string)")]
    [InlineData("key [NX | XX] [GET]", "key:key#0 nx_xx:oneof?(NX=nx:pure-token XX=xx:pure-token) GET=get:pure-token?")]
    [InlineData("[EX seconds | PXAT unix-time-milliseconds | KEEPTTL]",
        "seconds_unix-time-milliseconds_keepttl:oneof?(EX=seconds:integer PXAT=unix-time-milliseconds:unix-time KEEPTTL=keepttl:pure-token)")]
    [InlineData("[LIMIT offset count]", "LIMIT=offset_count:block?(offset:integer count:integer)")]
    [InlineData("[GET pattern [GET pattern ...]]", "GET=pattern:pattern?*+")]
    [InlineData("[section [section ...]]", "section:string?*")]
    [InlineData("[ID client-id [client-id ...]]", "ID=client-id:integer?*")]
    [InlineData("[TYPE <NORMAL | MASTER>]", "TYPE=normal_master:oneof?(NORMAL=normal:pure-token MASTER=master:pure-token)")]
    [InlineData("<LIB-NAME libname | LIB-VER libver>", "libname_libver:oneof(LIB-NAME=libname:string LIB-VER=libver:string)")]
    [InlineData("[protover [AUTH username password]]",
        "protover_username_password:block?(protover:integer AUTH=username_password:block?(username:string password:string))")]
    [InlineData("source destination [DB destination-db]", "source:key#0 destination:key#1 DB=destination-db:integer?")]
    [InlineData("ON | OFF", "on_off:oneof(ON=on:pure-token OFF=off:pure-token)")]
    [InlineData("increment", "increment:integer")]
    public void Syntax_becomes_arguments(string syntax, string expected)
        => Assert.Equal(expected, string.Join(' ', CommandSyntax.Parse(syntax, "test", keySpecCount: 2).Select(Show)));

    [Fact]
    public void Increment_of_a_float_command_is_a_double()
        => Assert.Equal("double", CommandSyntax.Parse("key increment", "incrbyfloat", 1)[1].Type);

    [Fact]
    public void Keys_beyond_the_specifications_belong_to_the_last_one()
        => Assert.Equal([0, 0], CommandSyntax.Parse("key1 key2", "lcs", 1).Select(a => a.KeySpecIndex));

    [Fact]
    public void Key_of_a_command_without_keys_is_a_string()
        => Assert.Equal("string", CommandSyntax.Parse("key", "test", 0)[0].Type);

    [Theory]
    [InlineData("[key")]
    [InlineData("key]")]
    [InlineData("<A | B")]
    [InlineData("[]")]
    [InlineData("[key ...]")]
    public void Malformed_syntax_is_refused(string syntax)
        => Assert.Throws<FormatException>(() => CommandSyntax.Parse(syntax, "test", 1));

    [Fact]
    public void Every_declaration_has_a_summary_a_version_a_known_group_and_a_readable_syntax()
    {
        string[] groups = ["bitmap", "cluster", "connection", "generic", "geo", "hash", "hyperloglog", "list", "pubsub", "scripting", "server", "set", "sorted-set", "stream", "string", "transactions"];
        foreach (CommandEntry entry in BuiltInCommands.Create().AllWithSubcommands().Where(e => e.Declaration.Syntax.Length > 0))
        {
            CommandSyntax.Parse(entry.Declaration.Syntax, entry.Name, entry.KeySpecs.Count);
        }

        foreach (CommandEntry entry in BuiltInCommands.Create().AllWithSubcommands())
        {
            Assert.True(entry.Declaration.Summary.Length > 0, entry.Name);
            Assert.Matches(@"^\d+\.\d+\.\d+$", entry.Declaration.Since);
            Assert.Contains(entry.Declaration.Group, groups);
            Assert.All(entry.Declaration.Categories.Split(' ', StringSplitOptions.RemoveEmptyEntries), c => Assert.True(AclCategories.All.Contains(c), $"{entry.Name}: {c}"));
        }
    }

    [Fact]
    public void Every_command_that_reads_or_writes_keys_says_where_they_are_or_looks_at_all_of_them()
    {
        foreach (CommandEntry entry in BuiltInCommands.Create().AllWithSubcommands().Where(e => e.KeySpecs.Count > 0))
        {
            Assert.True(entry.Read is not null || entry.Write is not null, entry.Name);
            Assert.True(entry.Arity is < -1 or > 1 || entry.KeySpecs.All(spec => spec.Flags.Contains("not_key")), entry.Name);
        }
    }

    [Fact]
    public async Task Bare_command_info_and_count_speak_of_the_same_commands()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        string[] bare = [.. client.Run("COMMAND").Items.Select(item => item.Items[0].Text)];

        Assert.Equal(bare, client.Run("COMMAND INFO").Items.Select(item => item.Items[0].Text));
        Assert.Equal(bare, client.Run("COMMAND DOCS").Items.Where((_, i) => i % 2 == 0).Select(item => item.Text));
        Assert.Equal(bare.Length, client.Run("COMMAND COUNT").Integer);
        string[] all = [.. client.Run("COMMAND LIST").Items.Select(item => item.Text)];
        Assert.Equal(bare, all.Where(name => !name.Contains('|')));
        Assert.Contains("config|get", all);
    }

    [Fact]
    public async Task Container_shows_its_subcommands_in_info_and_docs()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        RespValue info = client.Run("COMMAND INFO slowlog").Items[0];
        RespValue docs = client.Run("COMMAND DOCS slowlog").Items[1];

        Assert.Equal(["slowlog|get", "slowlog|help", "slowlog|len", "slowlog|reset"], info.Items[9].Items.Select(item => item.Items[0].Text).Order());
        Assert.Equal("subcommands", docs.Items[^2].Text);
        Assert.Equal(4 * 2, docs.Items[^1].Items.Count);
    }

    [Fact]
    public async Task List_by_category_finds_commands_and_subcommands()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        string[] admin = [.. client.Run("COMMAND LIST FILTERBY ACLCAT ADMIN").Items.Select(item => item.Text)];

        Assert.Contains("shutdown", admin);
        Assert.Contains("config|set", admin);
        Assert.DoesNotContain("config", admin);
        Assert.DoesNotContain("get", admin);
    }

    [Theory]
    [InlineData("lpop", "key:key#0 count:integer?@6.2.0")]
    [InlineData("geodist", "key:key#0 member1:string member2:string unit:oneof?(M=m:pure-token KM=km:pure-token FT=ft:pure-token MI=mi:pure-token)")]
    [InlineData("get", "key:key#0")]
    public void Arguments_are_those_of_the_facts_or_of_the_syntax(string command, string expected)
    {
        CommandEntry entry = BuiltInCommands.Create().Find(System.Text.Encoding.ASCII.GetBytes(command))!;

        Assert.Equal(expected, string.Join(' ', CommandDocFacts.ArgumentsOf(entry).Select(Show)));
    }

    [Theory]
    [InlineData("key:key )")]
    [InlineData("key:key 0")]
    public void Malformed_fact_is_refused(string text) => Assert.Throws<FormatException>(() => CommandDocFacts.Parse(text));

    [Fact]
    public async Task Replaced_command_says_by_what_and_since_when()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        IReadOnlyList<RespValue> docs = client.Run("COMMAND DOCS getset").Items[1].Items;
        Dictionary<string, RespValue> fields = Enumerable.Range(0, docs.Count / 2).ToDictionary(i => docs[2 * i].Text, i => docs[(2 * i) + 1]);

        Assert.Equal("deprecated", fields["doc_flags"].Items[0].Text);
        Assert.Equal("6.2.0", fields["deprecated_since"].Text);
        Assert.Equal("`SET` with the `!GET` argument", fields["replaced_by"].Text);
        Assert.Equal("2.6.12", client.Run("COMMAND DOCS set").Items[1].Items.SkipWhile(item => item.Text != "history").ElementAt(1).Items[0].Items[0].Text);
    }

    /// <summary><c>TOKEN=name:type#keyspec?*+(parts)</c>: ? optional, * multiple, + the token with it.</summary>
    private static string Show(SyntaxArgument argument)
        => (argument.Token is null ? "" : argument.Token + "=")
            + $"{argument.Name}:{argument.Type}"
            + (argument.KeySpecIndex < 0 ? "" : $"#{argument.KeySpecIndex}")
            + (argument.IsOptional ? "?" : "") + (argument.IsMultiple ? "*" : "") + (argument.IsMultipleToken ? "+" : "")
            + (argument.Since.Length == 0 ? "" : "@" + argument.Since)
            + (argument.Arguments.Count == 0 ? "" : $"({string.Join(' ', argument.Arguments.Select(Show))})");
}
