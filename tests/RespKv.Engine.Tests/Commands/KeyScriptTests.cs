using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Commands;

/// <summary>Every script of testdata/commands: what is asked, what is answered, what is logged, what a restart gives back.</summary>
public sealed class KeyScriptTests
{
    public static TheoryData<string> Scripts() => [.. Directory.GetFiles(KeyScript.DirectoryPath, "*.txt").Select(p => Path.GetFileName(p)).Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Every_reply_is_as_the_script_says_and_survives_a_restart(string script)
    {
        await using KeyScriptRunner runner = await KeyScriptRunner.OpenAsync(new SimulatedFileSystem());
        await runner.RunAsync(KeyScript.Load(script));
    }

    [Fact]
    public void A_script_with_a_reply_before_its_first_command_is_refused()
        => Assert.Throws<FormatException>(() => KeyScript.Parse(["OK"]));
}
