using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>What the tool did when it was called.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    internal static ToolRun On(SimulatedFileSystem disk, params string[] args) => On(new DirectoryRenames(disk), args);

    internal static ToolRun On(IFileSystem files, params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var context = new ToolContext(files, output, error, isTerminal: false, _ => null, CancellationToken.None);
        int exitCode = ToolProgram.Run(args, context);
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    internal string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
