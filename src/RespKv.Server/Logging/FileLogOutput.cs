using System.Text;

namespace RespKv.Server.Logging;

// Log lines are no data: they are appended without the durability that IFileSystem is about, and a fault-injecting disk must not see them.
#pragma warning disable RS0030

/// <summary>
/// The log file. It is opened for every append, as Redis does: after a rotation by renaming, the next line goes to a new file.
/// </summary>
internal sealed class FileLogOutput : ILogOutput
{
    private readonly string _path;

    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written.</exception>
    public FileLogOutput(string path)
    {
        _path = path;
        OpenForAppend().Dispose();
    }

    public void Append(string lines)
    {
        try
        {
            using FileStream file = OpenForAppend();
            file.Write(Encoding.UTF8.GetBytes(lines));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.Write($"cannot write the log file {_path}: {e.Message}\n{lines}");
        }
    }

    private FileStream OpenForAppend() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
