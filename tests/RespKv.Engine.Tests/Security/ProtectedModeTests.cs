using RespKv.TestKit.Engine;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Security;

/// <summary>protected-mode: who is let in as long as nobody needs a password.</summary>
public sealed class ProtectedModeTests
{
    [Theory]
    [InlineData("127.0.0.1:5000", false)]
    [InlineData("127.8.0.1:5000", false)]
    [InlineData("[::1]:5000", false)]
    [InlineData("/run/respkv.sock:0", false)]
    [InlineData("10.0.0.1:5000", true)]
    [InlineData("[fe80::1]:5000", true)]
    [InlineData("?:0", true)]
    public async Task Without_a_password_other_machines_are_turned_away(string address, bool refused)
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());

        Assert.Equal(refused, host.Engine.IsProtectedFrom(address));
    }

    [Fact]
    public async Task A_password_of_the_default_user_or_the_directive_lets_them_in()
    {
        await using EngineHost host = await EngineHost.OpenAsync(new SimulatedFileSystem());
        using TestClient client = host.Connect();
        Assert.True(host.Engine.IsProtectedFrom("10.0.0.1:5000"));

        client.Run("CONFIG SET requirepass secret");
        Assert.False(host.Engine.IsProtectedFrom("10.0.0.1:5000"));
        client.Run("ACL SETUSER default nopass");
        Assert.True(host.Engine.IsProtectedFrom("10.0.0.1:5000"));
        client.Run("CONFIG SET protected-mode no");
        Assert.False(host.Engine.IsProtectedFrom("10.0.0.1:5000"));
        Assert.Contains("rejected_connections:2", client.Run("INFO stats").Text);
    }
}
