using RespKv.Protocol;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>CLIENT LIST, INFO and what they show of a client.</summary>
public sealed class ClientListTests
{
    private static readonly string[] FieldNames =
    [
        "id", "addr", "laddr", "fd", "name", "age", "idle", "flags", "db", "sub", "psub", "ssub", "multi", "qbuf", "qbuf-free", "argv-mem",
        "multi-mem", "rbs", "rbp", "obl", "oll", "omem", "tot-mem", "events", "cmd", "user", "redir", "resp", "lib-name", "lib-ver",
    ];

    [Fact]
    public async Task Line_has_the_fields_of_redis_in_order()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        string line = client.Run("CLIENT INFO").Text;

        Assert.EndsWith("\n", line);
        Assert.Equal(FieldNames, line.TrimEnd('\n').Split(' ').Select(field => field[..field.IndexOf('=')]));
    }

    [Fact]
    public async Task Line_shows_what_the_client_said_about_itself()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("CLIENT SETNAME me");
        client.Run("CLIENT SETINFO LIB-NAME lib");
        client.Run("CLIENT SETINFO lib-ver 1.2");
        client.Run("CLIENT NO-EVICT on");
        client.Run("CLIENT NO-TOUCH on");
        client.Run("SELECT 3");
        client.Run("HELLO 3");
        time.Advance(TimeSpan.FromSeconds(7));

        RespValue reply = client.Run("CLIENT INFO");

        Assert.Equal(RespKind.Verbatim, reply.Kind);
        Dictionary<string, string> fields = Fields(reply.Text);
        Assert.Equal(client.Session.Id.ToString(), fields["id"]);
        Assert.Equal("127.0.0.1:50000", fields["addr"]);
        Assert.Equal("127.0.0.1:6380", fields["laddr"]);
        Assert.Equal("me", fields["name"]);
        Assert.Equal("7", fields["age"]);
        Assert.Equal("0", fields["idle"]);
        Assert.Equal("eT", fields["flags"]);
        Assert.Equal("3", fields["db"]);
        Assert.Equal("client|info", fields["cmd"]);
        Assert.Equal("default", fields["user"]);
        Assert.Equal("3", fields["resp"]);
        Assert.Equal("lib", fields["lib-name"]);
        Assert.Equal("1.2", fields["lib-ver"]);
    }

    [Fact]
    public async Task List_shows_every_client_or_those_with_the_ids_in_their_order()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient first = host.Connect();
        using TestClient second = host.Connect();
        using TestClient third = host.Connect();

        Assert.Equal(["1", "2", "3"], Ids(first.Run("CLIENT LIST")));
        Assert.Equal(["1", "2", "3"], Ids(first.Run("CLIENT LIST TYPE NORMAL")));
        Assert.Equal(["3", "1"], Ids(first.Run("CLIENT LIST ID 3 99 1")));
    }

    [Fact]
    public async Task Flags_tell_a_waiting_client_a_unix_socket_and_a_plain_client()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient plain = host.Connect();
        using TestClient waiting = host.Connect();
        using var local = new TestClient(host.Engine, "/run/respkv.sock:0");
        waiting.Send("WAIT", "1", "0");

        string[] flags = [.. plain.Run("CLIENT LIST").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Fields(line)["flags"])];

        Assert.Equal(["N", "b", "U"], flags);
    }

    [Theory]
    [InlineData("nosuch x", "ERR Unrecognized option 'nosuch'")]
    [InlineData("LIB-NAME a\tb", "ERR LIB-NAME cannot contain spaces, newlines or special characters.")]
    [InlineData("lib-ver \u00e9", "ERR lib-ver cannot contain spaces, newlines or special characters.")]
    [InlineData("lib-ver", "ERR wrong number of arguments for 'client|setinfo' command")]
    public async Task Setinfo_refuses_what_it_cannot_show(string arguments, string error)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal(error, client.Run("CLIENT SETINFO " + arguments).Text);
    }

    [Fact]
    public async Task No_touch_refuses_anything_but_on_and_off()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();

        Assert.Equal("ERR syntax error", client.Run("CLIENT NO-TOUCH maybe").Text);
    }

    [Fact]
    public async Task No_touch_leaves_the_idle_time_of_a_key_alone()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient client = host.Connect();
        client.Run("SET a 1");
        time.Advance(TimeSpan.FromSeconds(1));
        client.Run("GET a");
        client.Run("CLIENT NO-TOUCH on");
        time.Advance(TimeSpan.FromSeconds(30));

        client.Run("GET a");
        Assert.Equal(30, client.Run("OBJECT IDLETIME a").Integer);

        client.Run("CLIENT NO-TOUCH off");
        client.Run("GET a");
        Assert.Equal(0, client.Run("OBJECT IDLETIME a").Integer);
    }

    private static string[] Ids(RespValue list) => [.. list.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Fields(line)["id"])];

    private static Dictionary<string, string> Fields(string line)
        => line.TrimEnd('\n').Split(' ').Select(field => field.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
