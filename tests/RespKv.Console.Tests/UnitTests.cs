using RespKv.TestKit.Server;

namespace RespKv.Console.Tests;

/// <summary>The tests of the console's pure functions, in its own language: src/RespKv.Console/test.</summary>
public sealed class UnitTests
{
    [NodeFact]
    public async Task The_tests_in_TypeScript_pass()
    {
        using var directory = new TempDirectory();
        ToolResult result = await Tool.RunAsync(
            ["env", $"RESPKV_CONSOLE_TEST_OUT={directory.Inside("tests")}", "npm", "run", "--silent", "test"], workingDirectory: Machine.PathOf("ConsoleSources"));
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
