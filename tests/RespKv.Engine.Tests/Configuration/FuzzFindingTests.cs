using RespKv.Engine.Configuration;

namespace RespKv.Engine.Tests.Configuration;

/// <summary>Texts that the fuzzer found a mistake with.</summary>
public sealed class FuzzFindingTests
{
    [Theory]
    [InlineData("\v\nport 7000\n")]
    [InlineData("port 7000\n \f\v \n")]
    public void LineOfBlanksThatAreNotSpaces_IsSkipped(string text)
    {
        ServerConfig config = ConfigLoader.Load(new ConfigSources("respkv.conf", _ => text, [], []));
        Assert.Equal(7000, config.Port);
    }
}
