using RespKv.Protocol;
using RespKv.TestKit;
using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Security;

/// <summary>ACL LOG: what was refused.</summary>
public sealed class AclLogTests
{
    [Fact]
    public async Task Refusals_are_kept_newest_first_with_what_was_refused_to_whom()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("ACL SETUSER bob on >pw ~b* +get +mget +multi");
        bob.Run("auth bob wrong");
        bob.Run("AUTH bob pw");
        bob.Run("CONFIG GET x");
        bob.Run("MGET b1 b2 a1 a2");
        bob.Run("MULTI");
        bob.Run("SET b1 1");
        bob.Run("AUTH nobody pw");

        RespValue log = admin.Run("ACL LOG");

        Assert.Equal(
            ["command multi set bob", "key toplevel a1 bob", "command toplevel config|get bob", "auth toplevel auth bob"],
            log.Items.Select(e => $"{Field(e, "reason").Text} {Field(e, "context").Text} {Field(e, "object").Text} {Field(e, "username").Text}"));
        Assert.All(log.Items, e => Assert.Equal(1, Field(e, "count").Integer));
        Assert.Equal([3, 2, 1, 0], log.Items.Select(e => Field(e, "entry-id").Integer));
        Assert.Contains("user=bob", Field(log.Items[0], "client-info").Text);
    }

    [Fact]
    public async Task The_same_again_is_counted_until_a_minute_has_passed()
    {
        var time = new ManualTimeProvider();
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), time);
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("ACL SETUSER bob on nopass");
        bob.Run("AUTH bob pw");
        bob.Run("GET a");
        bob.Run("SET a 1");
        time.Advance(TimeSpan.FromMinutes(1));
        bob.Run("GET a");

        RespValue merged = admin.Run("ACL LOG");
        Assert.Equal(["get 2", "set 1"], merged.Items.Select(e => $"{Field(e, "object").Text} {Field(e, "count").Integer}"));
        Assert.Equal(60_000, Field(merged.Items[0], "timestamp-last-updated").Integer - Field(merged.Items[0], "timestamp-created").Integer);
        Assert.Equal("60", Field(merged.Items[1], "age-seconds").Text);

        time.Advance(TimeSpan.FromMilliseconds(60_001));
        bob.Run("GET a");

        Assert.Equal(["get 1", "get 2", "set 1"], admin.Run("ACL LOG").Items.Select(e => $"{Field(e, "object").Text} {Field(e, "count").Integer}"));
        Assert.Single(admin.Run("ACL LOG 1").Items);
        Assert.Empty(admin.Run("ACL LOG -1").Items);
    }

    [Fact]
    public async Task Log_is_bounded_in_entries_and_in_what_each_keeps()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem(), null, ("acllog-max-len", "2"));
        using TestClient admin = host.Connect();
        using TestClient bob = host.Connect();
        admin.Run("ACL SETUSER bob on nopass +get");
        bob.Run("AUTH bob pw");
        bob.Run("GET a");
        bob.Run("GET b");
        bob.Call("GET", new string('c', 100_000));

        RespValue log = admin.Run("ACL LOG");

        Assert.Equal([1024, 1], log.Items.Select(e => Field(e, "object").Text.Length));
        Assert.Equal("OK", admin.Run("ACL LOG RESET").Text);
        Assert.Empty(admin.Run("ACL LOG").Items);
    }

    private static RespValue Field(RespValue entry, string name)
    {
        for (int i = 0; i < entry.Items.Count; i += 2)
        {
            if (entry.Items[i].Text == name)
            {
                return entry.Items[i + 1];
            }
        }

        throw new InvalidOperationException($"no field {name}");
    }
}
