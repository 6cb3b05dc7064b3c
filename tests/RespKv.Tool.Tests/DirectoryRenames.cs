using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>A simulated disk on which directories can be renamed, too: all their files at once.</summary>
internal sealed class DirectoryRenames(SimulatedFileSystem disk) : IFileSystem
{
    private readonly List<string> _renamed = [];

    public IFile Open(string path, FileOpenKind kind) => disk.Open(path, kind);

    public bool FileExists(string path) => disk.FileExists(path);

    public void CreateDirectory(string path) => disk.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => disk.ListFiles(directory);

    public void Rename(string from, string to)
    {
        IReadOnlyList<string> names = Names(from);
        if (names.Count == 0)
        {
            disk.Rename(from, to);
            return;
        }

        disk.CreateDirectory(to);
        _renamed.AddRange([from, to]);
        foreach (string name in names)
        {
            disk.Rename(Path.Combine(from, name), Path.Combine(to, name));
        }
    }

    public void Delete(string path) => disk.Delete(path);

    /// <summary>The name of a directory, and with it all files that were synced before, is durable when its parent was synced.</summary>
    public void SyncDirectory(string path)
    {
        disk.SyncDirectory(path);
        foreach (string renamed in _renamed.Where(renamed => Path.GetDirectoryName(renamed) == path))
        {
            disk.SyncDirectory(renamed);
        }
    }

    public IDisposable LockDirectory(string path) => disk.LockDirectory(path);

    public long FreeBytes(string directory) => disk.FreeBytes(directory);

    private IReadOnlyList<string> Names(string path)
    {
        try
        {
            return disk.ListFiles(path);
        }
        catch (StorageException)
        {
            return [];
        }
    }
}
