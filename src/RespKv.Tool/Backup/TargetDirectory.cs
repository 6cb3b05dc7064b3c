using RespKv.Storage.Files;

namespace RespKv.Tool.Backup;

/// <summary>
/// A new directory in the making: under a name that says so, and under its own only when it is complete and durable. What was
/// interrupted stays under the first name until an operator removes it.
/// </summary>
internal sealed class TargetDirectory
{
    private const string Suffix = ".partial";

    private readonly IFileSystem _files;
    private readonly string _target;

    private TargetDirectory(IFileSystem files, string target)
    {
        _files = files;
        _target = target;
    }

    /// <summary>Where to write.</summary>
    internal string Partial => _target + Suffix;

    /// <exception cref="ToolException">The target has files in it, or an unfinished one is in the way.</exception>
    internal static TargetDirectory Create(IFileSystem files, string target)
    {
        if (files.FileExists(target) && !IsEmptyDirectory(files, target))
        {
            throw new ToolException($"{target} is there already, and not an empty directory");
        }

        var directory = new TargetDirectory(files, target);
        if (files.FileExists(directory.Partial))
        {
            throw new ToolException($"{directory.Partial} is there: left by a run that was interrupted. Remove it first");
        }

        files.CreateDirectory(directory.Partial);
        return directory;
    }

    /// <summary>Gives the directory its name, durably.</summary>
    internal void Complete()
    {
        _files.SyncDirectory(Partial);

        // Over an empty directory too; one that has got files meanwhile is refused by the system.
        _files.Rename(Partial, _target);
        if (Path.GetDirectoryName(_target) is { Length: > 0 } parent)
        {
            _files.SyncDirectory(parent);
        }
    }

    private static bool IsEmptyDirectory(IFileSystem files, string path)
    {
        try
        {
            return files.ListFiles(path).Count == 0;
        }
        catch (StorageException e) when (e.Errno == Errno.ENOTDIR)
        {
            return false;
        }
    }
}
