using RespKv.Storage.Files;
using RespKv.Tool.Output;

namespace RespKv.Tool;

/// <summary>What the verbs get of the world: disk, terminal, environment.</summary>
internal sealed class ToolContext(
    IFileSystem files,
    TextWriter output,
    TextWriter error,
    bool isTerminal,
    Func<string, string?> environment,
    CancellationToken cancel)
{
    internal IFileSystem Files { get; } = files;

    internal TextWriter Output { get; } = output;

    internal TextWriter Error { get; } = error;

    /// <summary>A human looks on: bars and tables with frames.</summary>
    internal bool IsTerminal { get; } = isTerminal;

    /// <summary>Asked for when the interrupt key is pressed.</summary>
    internal CancellationToken Cancel { get; } = cancel;

    internal string? Variable(string name) => environment(name);

    /// <summary>The full path of a directory, without a separator at its end.</summary>
    internal static string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Runs a piece of work with a bar, if a human looks on.</summary>
    internal T WithProgress<T>(string title, Func<IProgressBar, T> work) => ProgressBars.Run(this, title, work);
}
