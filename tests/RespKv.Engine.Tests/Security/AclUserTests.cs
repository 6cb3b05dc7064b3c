using RespKv.Engine.Commands;
using RespKv.Engine.Commands.Introspection;
using RespKv.Engine.Configuration;
using RespKv.Engine.Security;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Security;

/// <summary>Users beside what testdata/wire/acl_*.txt says of them.</summary>
public sealed class AclUserTests
{
    [Fact]
    public void Categories_of_every_command_are_those_of_redis()
    {
        Dictionary<string, string[]> redis = RedisCommandCategories.All().ToDictionary(c => c.Name, c => c.Categories);
        var wrong = new List<string>();
        foreach (CommandEntry entry in BuiltInCommands.Create().AllWithSubcommands())
        {
            if (redis.TryGetValue(entry.Name, out string[]? expected) && !expected.SequenceEqual(AclCategories.Of(entry)))
            {
                wrong.Add($"{entry.Name}: expected {string.Join(' ', expected)}, got {string.Join(' ', AclCategories.Of(entry))}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(366, redis.Count);
    }

    [Fact]
    public async Task Rules_come_back_as_the_categories_and_commands_that_make_them()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        foreach (string category in AclCategories.All)
        {
            Assert.Equal($"+@all -@{category}", CommandsOf(client, $"+@all -@{category}"));
            Assert.Equal($"-@all +@{category}", CommandsOf(client, $"-@all +@{category}"));
        }

        Assert.Equal("+@all -client +client|id +client|setname", CommandsOf(client, "+@all -client +client|id +client|setname"));
        Assert.Equal("-@all +client -client|kill", CommandsOf(client, "-@all +client -client|kill"));
        Assert.Equal("+@all -@string -debug +debug|digest +incr", CommandsOf(client, "+@all -@string +incr -debug +debug|digest"));
        Assert.Equal("-@all +memory", CommandsOf(client, "-@all +memory|doctor +memory"));
        Assert.Equal("-@all", CommandsOf(client, "-@all +debug|a -debug"));
        Assert.Equal("-@all", CommandsOf(client, "-@all +debug|a -@admin"));
    }

    [Fact]
    public async Task Only_a_selector_that_allows_everything_makes_a_user_unrestricted()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        AclUser Made(string rules)
        {
            Assert.Equal("OK", client.Run("ACL SETUSER u reset " + rules).Text);
            return host.Engine.Acl.Find("u")!;
        }

        Assert.True(host.Engine.Acl.Default.IsUnrestricted);
        Assert.True(Made("+@all ~* &*").IsUnrestricted);
        Assert.True(Made("(+@all allkeys allchannels)").IsUnrestricted);
        Assert.False(Made("+@all ~*").IsUnrestricted);
        Assert.False(Made("+@all &*").IsUnrestricted);
        Assert.False(Made("~* &* +@all -debug").IsUnrestricted);
        Assert.False(Made("~* &* +@all -@admin +@admin").IsUnrestricted);
        Assert.False(Made("+@all &* (+@all ~*)").IsUnrestricted);
    }

    [Fact]
    public async Task Deleted_user_takes_its_clients_along()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        using TestClient me = host.Connect();
        admin.Run("ACL SETUSER bob on nopass +@all");
        bob.Run("AUTH bob x");
        me.Run("AUTH bob x");

        Assert.Equal(1, me.Run("ACL DELUSER bob nobody").Integer);

        Assert.True(me.IsClosing);
        Assert.NotNull(bob.AbortReason);
        Assert.Null(admin.AbortReason);
        Assert.DoesNotContain($"id={bob.Session.Id} ", admin.Run("CLIENT LIST").Text);
        bob.Send("SET", "a", "1");
        Assert.True(admin.Run("GET a").IsNull);
    }

    [Fact]
    public async Task User_that_deletes_itself_in_a_block_stays_as_restricted_as_it_was()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("ACL SETUSER bob on nopass ~b* +acl +set +multi +exec");
        bob.Run("AUTH bob x");
        bob.Run("MULTI");
        bob.Run("ACL DELUSER bob");
        Assert.Equal("QUEUED", bob.Run("SET b 1").Text);
        bob.Run("ACL SETUSER default -set");

        Assert.Equal(3, bob.Run("EXEC").Items.Count);

        Assert.True(bob.IsClosing);
        Assert.Equal("1", admin.Run("GET b").Text);
    }

    [Fact]
    public async Task Kill_by_user_cuts_those_who_are_logged_in_as_it()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("ACL SETUSER bob on nopass +client|info");
        bob.Run("AUTH bob x");
        Assert.Contains("user=bob", bob.Run("CLIENT INFO").Text);

        Assert.Equal(1, admin.Run("CLIENT KILL USER bob").Integer);

        Assert.NotNull(bob.AbortReason);
    }

    [Theory]
    [InlineData("SUBSCRIBE news:1", "resetchannels &other", true)]
    [InlineData("SSUBSCRIBE news:1", "resetchannels &other", true)]
    [InlineData("PSUBSCRIBE news:*", "resetchannels &news:1", true)]
    [InlineData("PSUBSCRIBE news:*", "resetchannels &*news:*", true)]
    [InlineData("SUBSCRIBE news:1", "resetchannels &news:1 &x", false)]
    [InlineData("SUBSCRIBE news:1", "allchannels", false)]
    [InlineData("SUBSCRIBE news:1", "resetchannels (&news:1)", false)]
    [InlineData("PSUBSCRIBE news:*", "resetchannels &news:*", false)]
    [InlineData("PING", "resetchannels", false)]
    public async Task Channels_that_are_taken_away_cut_those_who_listen(string command, string rules, bool isCut)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("ACL SETUSER bob on nopass +@all &news:*");
        bob.Run("AUTH bob x");
        bob.Run(command);

        Assert.Equal("OK", admin.Call(["ACL", "SETUSER", "bob", .. rules.Split(' ')]).Text);

        Assert.Equal(isCut, bob.AbortReason is not null);
        Assert.Equal(isCut || command == "PING" || command.StartsWith('S') && command[1] == 'S' ? 0 : 1, admin.Run("PUBLISH news:1 x").Integer);
    }

    [Fact]
    public async Task Client_that_takes_channels_away_from_itself_gets_its_reply_first()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient bob = host.Connect();
        bob.Run("ACL SETUSER bob on nopass +@all &news");
        bob.Run("HELLO 3 AUTH bob x");
        bob.Run("SUBSCRIBE news");

        Assert.Equal("OK", bob.Run("ACL SETUSER bob resetchannels").Text);

        Assert.True(bob.IsClosing);
    }

    [Theory]
    [InlineData("PUBLISH a x", "OK")]
    [InlineData("PUBLISH b x", "This user has no permissions to access the 'b' channel")]
    [InlineData("SPUBLISH b a", "This user has no permissions to access the 'b' channel")]
    [InlineData("SUBSCRIBE a b", "This user has no permissions to access the 'b' channel")]
    [InlineData("SSUBSCRIBE a", "OK")]
    [InlineData("PSUBSCRIBE a", "OK")]
    [InlineData("PSUBSCRIBE p*", "OK")]
    [InlineData("PSUBSCRIBE p1", "This user has no permissions to access the 'p1' channel")]
    [InlineData("SUBSCRIBE p1", "OK")]
    [InlineData("UNSUBSCRIBE b", "OK")]
    [InlineData("PUNSUBSCRIBE b", "OK")]
    [InlineData("SUNSUBSCRIBE b", "OK")]
    [InlineData("PUBSUB CHANNELS b", "OK")]
    public async Task Channels_need_permission_to_be_written_to_and_listened_to(string command, string answer)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        client.Run("ACL SETUSER bob +@all ~* &a &p*");

        Assert.Equal(answer, client.Run("ACL DRYRUN bob " + command).Text);
    }

    [Theory]
    [InlineData("(+sort +sort_ro ~list)", false)]
    [InlineData("(+sort +sort_ro ~list ~v*)", false)]
    [InlineData("(+sort +sort_ro ~list %W~*)", false)]
    [InlineData("(+sort +sort_ro ~list) ~* +get", false)]
    [InlineData("(+sort +sort_ro ~list %R~*)", true)]
    [InlineData("+sort +sort_ro allkeys", true)]
    public async Task Patterns_of_SORT_need_the_permission_to_read_every_key(string rules, bool isAllowed)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("RPUSH list 1 2");
        admin.Run("ACL SETUSER bob on nopass " + rules);
        bob.Run("AUTH bob x");

        foreach (string command in (string[])["SORT list BY v*", "SORT_RO list BY v*", "SORT list GET #", "SORT_RO list GET v*"])
        {
            string expected = isAllowed ? "" : $"ERR {command.Split(' ')[2]} option of SORT denied due to insufficient ACL permissions.";
            RespKv.Protocol.RespValue reply = bob.Run(command);
            Assert.Equal(expected, reply.Kind == RespKv.Protocol.RespKind.Error ? reply.Text : "");
        }

        Assert.Equal(2, bob.Run("SORT list BY nostar").Items.Count);
    }

    [Theory]
    [InlineData("~a*", false)]
    [InlineData("%W~*", false)]
    [InlineData("%R~*", true)]
    [InlineData("~*", true)]
    public async Task Values_of_KEYRANGE_need_the_permission_to_read_every_key(string rules, bool isAllowed)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("SET b secret");
        admin.Run("ACL SETUSER bob on nopass +keyrange " + rules);
        bob.Run("AUTH bob x");

        Assert.Equal(isAllowed, !bob.Run("KEYRANGE - + WITHVALUES").Text.StartsWith("NOPERM", StringComparison.Ordinal));
        Assert.Equal(RespKv.Protocol.RespKind.Array, bob.Run("KEYRANGE - +").Kind);
    }

    [Fact]
    public async Task Users_of_the_configuration_are_there_and_are_written_back()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null,
            ("requirepass", "ignored"), ("user", "default on >root ~* &* +@all"), ("user", "alice on >pw ~a (+get ~c )"));
        using TestClient client = host.Connect();
        Assert.StartsWith("WRONGPASS", client.Run("AUTH ignored").Text);
        Assert.Equal("OK", client.Run("AUTH root").Text);
        Assert.Equal(2, client.Run("ACL LIST").Items.Count);

        host.Engine.Config.DescribedUsers = [.. host.Engine.Acl.Describe()];
        string text = host.Engine.Config.RewriteText("user alice off\n# mine\nuser bob on\ntimeout 0\n");

        Assert.Equal(
            $"user alice on \"#{Convert.ToHexStringLower(AclRules.Hash("pw"))}\" ~a resetchannels -@all (~c resetchannels -@all +get)\n# mine\n"
            + $"user default on \"#{Convert.ToHexStringLower(AclRules.Hash("root"))}\" ~* &* +@all\ntimeout 0\n",
            text[..text.IndexOf("\n# Generated", StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task Rule_that_no_configuration_file_can_hold_fails_the_rewriting()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        Assert.Null(host.Engine.Acl.SetUser("bob", ["~\u00ff"]));
        host.Engine.Config.DescribedUsers = [.. host.Engine.Acl.Describe()];

        Assert.Contains("bob", Assert.Throws<IOException>(() => host.Engine.Config.RewriteText("")).Message);
    }

    [Theory]
    [InlineData("alice +nosuch", "user alice: Unknown command or category name in ACL '+nosuch'")]
    [InlineData("alice >pw nosecret", "user alice: Syntax error")]
    public void Start_with_a_rule_that_is_wrong_is_refused_without_telling_a_secret(string user, string error)
        => Assert.Equal(error, Assert.Throws<ConfigException>(() => EngineHost.Create(new SimulatedFileSystem(), null, ("user", user))).Message);

    [Theory]
    [InlineData("alice on", AclRules.DuplicateUser)]
    [InlineData("bob (+get", "Unmatched parenthesis in an acl selector")]
    [InlineData("", ConfigErrors.WrongNumberOfArguments)]
    public void User_line_that_cannot_be_used_is_refused(string user, string error)
        => Assert.Contains(error, Assert.Throws<ConfigException>(() => ServerConfig.With(("user", "alice on"), ("user", user))).Message);

    [Fact]
    public void User_name_with_a_blank_is_refused()
    {
        var config = new ServerConfig();
        Assert.Contains("Spaces not allowed in ACL usernames", Assert.Throws<ConfigException>(
            () => ConfigLoader.Apply(config, "user", ["a b", "on"], ConfigOrigin.None)).Message);
    }

    [Fact]
    public async Task Patterns_and_names_of_any_bytes_leave_as_they_came()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        Assert.Equal("OK", client.Call("ACL", "SETUSER", "\u00fc", "on", "nopass", "~k\u00ff*", "+get").Text);
        byte[] name = client.Run("ACL USERS").Items[1].Bytes.ToArray();

        Assert.Equal("OK", client.Call("AUTH", "\u00fc", "x").Text);

        Assert.Equal(TestClient.Encode("\u00fc")[^(name.Length + 2)..^2], name);
        Assert.True(client.Call("GET", "k\u00ff1").IsNull);
        Assert.StartsWith("NOPERM", client.Call("GET", "k\u00fe1").Text);
    }

    private static string CommandsOf(TestClient client, string rules)
    {
        Assert.Equal("OK", client.Run("ACL SETUSER u reset " + rules).Text);
        return client.Run("ACL GETUSER u").Items[5].Text;
    }
}
