using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Api;

/// <summary>The examples of docs/http.md are true: each is run, in its order, and says what the page says. … on the page stands for anything.</summary>
public sealed class DocumentationTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    private const string Address = "127.0.0.1:8380";
    private const string Anything = "…";

    [Fact]
    public async Task Examples_OfThePage_SayWhatItSays()
    {
        int count = 0;
        foreach ((string command, string expected) in Examples(await File.ReadAllLinesAsync(Path.Combine(Repository.Root(), "docs", "http.md"))))
        {
            string output = await RunAsync(command.Replace(Address, $"127.0.0.1:{http.Server.HttpPort}", StringComparison.Ordinal));
            string pattern = "^" + Regex.Escape(expected).Replace(Regex.Escape(Anything), ".*", StringComparison.Ordinal) + "$";
            Assert.True(Regex.IsMatch(output.Replace("\r", "", StringComparison.Ordinal).TrimEnd('\n'), pattern), $"{command}\n{output}\nis not\n{expected}");
            count++;
        }

        Assert.True(count > 20);
    }

    private static IEnumerable<(string Command, string Expected)> Examples(IEnumerable<string> lines)
    {
        bool isInside = false;
        string? command = null;
        var output = new StringBuilder();
        foreach (string line in lines)
        {
            bool isFence = line.StartsWith("```", StringComparison.Ordinal);
            if (command is not null && (isFence || line.StartsWith("$ ", StringComparison.Ordinal)))
            {
                yield return (command, output.ToString().TrimEnd('\n'));
                command = null;
                output.Clear();
            }

            if (isFence)
            {
                isInside = line == "```console";
            }
            else if (isInside && line.StartsWith("$ ", StringComparison.Ordinal))
            {
                command = line[2..];
            }
            else if (command is not null)
            {
                output.Append(line).Append('\n');
            }
        }
    }

    private static async Task<string> RunAsync(string command)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
