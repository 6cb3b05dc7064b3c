using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

public sealed class RehearsalFileSystemTests
{
    private readonly SimulatedFileSystem _disk = new();
    private readonly RehearsalFileSystem _files;

    public RehearsalFileSystemTests()
    {
        _disk.CreateDirectory("/data");
        using IFile file = _disk.Open("/data/a", FileOpenKind.CreateNew);
        file.Write(Enumerable.Range(0, 10_000).Select(index => (byte)index).ToArray(), 0);
        _files = new RehearsalFileSystem(_disk);
    }

    private byte[] Read(string path)
    {
        using IFile file = _files.Open(path, FileOpenKind.Read);
        byte[] bytes = new byte[file.Length];
        Assert.Equal(bytes.Length, file.Read(bytes, 0));
        return bytes;
    }

    [Fact]
    public void WriteIntoAFile_IsSeenHereAndNotOnTheDisk()
    {
        byte[] before = _disk.ReadFile("/data/a");
        byte[] expected = [.. before];
        "across a page"u8.CopyTo(expected.AsSpan(4090));
        using (IFile file = _files.Open("/data/a", FileOpenKind.OpenExisting))
        {
            file.Write("across a page"u8, 4090);
            file.SyncData();
        }

        Assert.Equal(expected, Read("/data/a"));
        Assert.Equal(before, _disk.ReadFile("/data/a"));
    }

    [Fact]
    public void ZerosBehindTheEnd_ExtendTheFile()
    {
        using (IFile file = _files.Open("/data/a", FileOpenKind.OpenExisting))
        {
            file.Write(new byte[8192], 12_288);
        }

        byte[] bytes = Read("/data/a");
        Assert.Equal(20_480, bytes.Length);
        Assert.Equal((byte)(9_999 % 256), bytes[9_999]);
        Assert.True(bytes.AsSpan(10_000).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void CutAndExtended_TheOldBytesAreGone()
    {
        using (IFile file = _files.Open("/data/a", FileOpenKind.OpenExisting))
        {
            file.Write("x"u8, 6000);
            file.SetLength(5000);
            file.SetLength(7000);
        }

        byte[] bytes = Read("/data/a");
        Assert.Equal(7000, bytes.Length);
        Assert.Equal(4999 % 256, bytes[4999]);
        Assert.True(bytes.AsSpan(5000).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void RenameDeleteCreate_AreSeenInTheListing()
    {
        _files.Rename("/data/a", "/data/b");
        _files.Open("/data/c", FileOpenKind.CreateNew).Dispose();
        Assert.Equal(["b", "c"], _files.ListFiles("/data"));
        Assert.False(_files.FileExists("/data/a"));
        Assert.Equal(_disk.ReadFile("/data/a"), Read("/data/b"));

        _files.Delete("/data/b");
        Assert.Equal(["c"], _files.ListFiles("/data"));
        Assert.Equal(["a"], _disk.ListFiles("/data"));
        Assert.Throws<StorageException>(() => _files.Open("/data/b", FileOpenKind.Read));
        Assert.Throws<StorageException>(() => _files.Open("/data/c", FileOpenKind.CreateNew));
    }
}
