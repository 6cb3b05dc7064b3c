using RespKv.Storage.Files;

namespace RespKv.Storage.Tests.Checkpoints;

/// <summary>Passes every call on to a file system, and tells after each one that changes something.</summary>
internal sealed class ObservedFileSystem(IFileSystem files) : IFileSystem
{
    /// <summary>Called on the thread of the call; calls that it makes itself on the file system behind are not seen.</summary>
    internal Action? AfterChange { get; set; }

    public IFile Open(string path, FileOpenKind kind)
    {
        IFile file = files.Open(path, kind);
        if (kind == FileOpenKind.CreateNew)
        {
            AfterChange?.Invoke();
        }

        return new ObservedFile(this, file);
    }

    public bool FileExists(string path) => files.FileExists(path);

    public void CreateDirectory(string path) => Change(() => files.CreateDirectory(path));

    public IReadOnlyList<string> ListFiles(string directory) => files.ListFiles(directory);

    public void Rename(string from, string to) => Change(() => files.Rename(from, to));

    public void Delete(string path) => Change(() => files.Delete(path));

    public void SyncDirectory(string path) => Change(() => files.SyncDirectory(path));

    public IDisposable LockDirectory(string path) => files.LockDirectory(path);

    public long FreeBytes(string directory) => files.FreeBytes(directory);

    private void Change(Action call)
    {
        call();
        AfterChange?.Invoke();
    }

    private sealed class ObservedFile(ObservedFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public void Write(ReadOnlySpan<byte> data, long offset)
        {
            file.Write(data, offset);
            owner.AfterChange?.Invoke();
        }

        public void SyncData() => owner.Change(file.SyncData);

        public void SetLength(long length) => owner.Change(() => file.SetLength(length));

        public void DropCache() => file.DropCache();

        public void Dispose() => file.Dispose();
    }
}
