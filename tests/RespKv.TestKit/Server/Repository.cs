using System.Runtime.CompilerServices;

namespace RespKv.TestKit.Server;

/// <summary>Where the tree is that this was built from.</summary>
public static class Repository
{
    /// <exception cref="InvalidOperationException">There is none above the binaries.</exception>
    public static string Root([CallerFilePath] string here = "")
    {
        // CallerFilePath is rewritten in deterministic builds, so look from the binaries when it does not exist.
        DirectoryInfo? directory = new(File.Exists(here) ? Path.GetDirectoryName(here)! : AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "RespKv.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("RespKv.sln is in no directory above");
    }
}
