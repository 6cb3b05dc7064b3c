using System.Diagnostics;
using RespKv.Storage.Files;

namespace RespKv.Storage.Tests.Files;

public sealed class PosixFileSystemTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly PosixFileSystem _files = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Written_bytes_are_read_back_and_reads_stop_at_the_end()
    {
        using IFile file = _files.Open(_directory["a"], FileOpenKind.CreateNew);
        file.Write("hello world"u8, 5);
        file.SyncData();
        file.DropCache();
        byte[] buffer = new byte[100];

        Assert.Equal(16, file.Length);
        Assert.Equal(16, file.Read(buffer, 0));
        Assert.Equal("\0\0\0\0\0hello world"u8.ToArray(), buffer[..16]);
        Assert.Equal(5, file.Read(buffer.AsSpan(0, 5), 11));
        Assert.Equal(2, file.Read(buffer, 14));
        Assert.Equal(0, file.Read(buffer, 16));
        Assert.Equal(0, file.Read(buffer, 1000));
        Assert.Equal(0, file.Read([], 0));
    }

    [Fact]
    public void Length_is_set_both_ways()
    {
        using IFile file = _files.Open(_directory["a"], FileOpenKind.CreateNew);
        file.Write("hello"u8, 0);
        file.SetLength(2);
        Assert.Equal(2, file.Length);
        file.SetLength(4);
        byte[] buffer = new byte[10];

        Assert.Equal(4, file.Read(buffer, 0));
        Assert.Equal("he\0\0"u8.ToArray(), buffer[..4]);
    }

    [Fact]
    public void Create_new_refuses_an_existing_file()
    {
        _files.Open(_directory["a"], FileOpenKind.CreateNew).Dispose();

        AssertFails("open", _directory["a"], Errno.EEXIST, () => _files.Open(_directory["a"], FileOpenKind.CreateNew));
    }

    [Theory]
    [InlineData(FileOpenKind.OpenExisting)]
    [InlineData(FileOpenKind.Read)]
    public void Missing_file_is_not_opened(FileOpenKind kind)
    {
        StorageException failure = AssertFails("open", _directory["a"], Errno.ENOENT, () => _files.Open(_directory["a"], kind));

        Assert.Equal($"open {_directory["a"]}: ENOENT (No such file or directory)", failure.Message);
    }

    [Fact]
    public void Missing_paths_are_named_by_every_operation()
    {
        string missing = _directory["no/where"];

        AssertFails("open", missing, Errno.ENOENT, () => _files.Open(missing, FileOpenKind.CreateNew));
        AssertFails("unlink", missing, Errno.ENOENT, () => _files.Delete(missing));
        AssertFails("rename", $"{missing} -> {_directory["b"]}", Errno.ENOENT, () => _files.Rename(missing, _directory["b"]));
        AssertFails("open", missing, Errno.ENOENT, () => _files.SyncDirectory(missing));
        AssertFails("opendir", missing, Errno.ENOENT, () => _files.ListFiles(missing));
        AssertFails("open", missing + "/LOCK", Errno.ENOENT, () => _files.LockDirectory(missing));
        AssertFails("statvfs", missing, Errno.ENOENT, () => _files.FreeBytes(missing));
        Assert.False(_files.FileExists(missing));
    }

    [Fact]
    public void File_opened_for_reading_refuses_writes()
    {
        _files.Open(_directory["a"], FileOpenKind.CreateNew).Dispose();
        using IFile file = _files.Open(_directory["a"], FileOpenKind.Read);

        AssertFails("pwrite", _directory["a"], Errno.EBADF, () => file.Write("x"u8, 0));
        AssertFails("ftruncate", _directory["a"], Errno.EINVAL, () => file.SetLength(1));
    }

    [Fact]
    public void Disposed_file_fails_instead_of_touching_another_one()
    {
        IFile file = _files.Open(_directory["a"], FileOpenKind.CreateNew);
        file.Dispose();
        file.Dispose();
        using IFile other = _files.Open(_directory["b"], FileOpenKind.CreateNew);

        AssertFails("pwrite", _directory["a"], Errno.EBADF, () => file.Write("x"u8, 0));
        AssertFails("pread", _directory["a"], Errno.EBADF, () => file.Read(new byte[1], 0));
        AssertFails("fdatasync", _directory["a"], Errno.EBADF, file.SyncData);
        AssertFails("posix_fadvise", _directory["a"], Errno.EBADF, file.DropCache);
        AssertFails("lseek", _directory["a"], Errno.EBADF, () => _ = file.Length);
        Assert.Equal(0, other.Length);
    }

    [Fact]
    public void Short_reads_are_gone_on_with()
    {
        // The kernel gives at most a page or so of this file at a time.
        using IFile file = _files.Open("/proc/kallsyms", FileOpenKind.Read);
        byte[] bytes = new byte[64 * 1024];

        Assert.Equal(bytes.Length, file.Read(bytes, 100));
        Assert.DoesNotContain((byte)0, bytes);
    }

    [Fact]
    public void Short_write_is_gone_on_with_until_all_is_written_or_fails()
    {
        using IFile file = _files.Open(_directory["a"], FileOpenKind.CreateNew);
        long largest = LargestLength(file);
        file.SetLength(0);
        if (largest > long.MaxValue / 2)
        {
            // This file system has no limit of its own (ext4 has): nothing here makes a write short.
            return;
        }

        // The kernel writes the part below its limit and says how much that was; only the next call is refused.
        AssertFails("pwrite", _directory["a"], Errno.EFBIG, () => file.Write(new byte[200], largest - 100));

        Assert.Equal(largest, file.Length);
    }

    [Fact]
    public void Full_device_is_a_lack_of_space()
    {
        using IFile full = _files.Open("/dev/full", FileOpenKind.OpenExisting);

        StorageException failure = AssertFails("pwrite", "/dev/full", Errno.ENOSPC, () => full.Write("x"u8, 0));

        Assert.Equal(StorageErrorKind.NoSpace, failure.Kind);
    }

    [Fact]
    public void Sync_that_the_kernel_refuses_is_not_swallowed()
    {
        using IFile device = _files.Open("/dev/null", FileOpenKind.OpenExisting);

        AssertFails("fdatasync", "/dev/null", Errno.EINVAL, device.SyncData);
    }

    [Fact]
    public void Files_are_listed_by_name_in_order_without_directories()
    {
        foreach (string name in (string[])["b", "a", "Z", "ü"])
        {
            _files.Open(_directory[name], FileOpenKind.CreateNew).Dispose();
        }

        _files.CreateDirectory(_directory["c"]);

        Assert.Equal(["Z", "a", "b", "ü"], _files.ListFiles(_directory.Path));
    }

    [Fact]
    public void Rename_replaces_and_delete_removes()
    {
        using (IFile file = _files.Open(_directory["a"], FileOpenKind.CreateNew))
        {
            file.Write("new"u8, 0);
        }

        _files.Open(_directory["b"], FileOpenKind.CreateNew).Dispose();
        _files.Rename(_directory["a"], _directory["b"]);
        _files.SyncDirectory(_directory.Path);

        Assert.False(_files.FileExists(_directory["a"]));
        Assert.Equal("new"u8.ToArray(), File.ReadAllBytes(_directory["b"]));
        _files.Delete(_directory["b"]);
        Assert.Empty(_files.ListFiles(_directory.Path));
    }

    [Fact]
    public void Directories_are_created_with_their_parents_and_again()
    {
        _files.CreateDirectory(_directory["x/y/z"]);
        _files.CreateDirectory(_directory["x/y/z"]);
        _files.CreateDirectory(_directory["x/w/"]);

        Assert.True(Directory.Exists(_directory["x/y/z"]));
        Assert.True(Directory.Exists(_directory["x/w"]));
    }

    [Fact]
    public void Directory_below_a_file_is_not_created()
    {
        _files.Open(_directory["a"], FileOpenKind.CreateNew).Dispose();

        AssertFails("mkdir", _directory["a/b"], Errno.ENOTDIR, () => _files.CreateDirectory(_directory["a/b"]));
    }

    [Fact]
    public void Directory_is_locked_for_one_holder_and_free_after_disposal()
    {
        IDisposable held = _files.LockDirectory(_directory.Path);

        StorageException failure = Assert.Throws<StorageException>(() => new PosixFileSystem().LockDirectory(_directory.Path));
        Assert.Equal(StorageErrorKind.Locked, failure.Kind);
        Assert.Contains($"in use by another process (process {Environment.ProcessId})", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, TryLockInOtherProcess());

        held.Dispose();
        Assert.Equal(0, TryLockInOtherProcess());
        _files.LockDirectory(_directory.Path).Dispose();
    }

    [Fact]
    public void Free_bytes_are_those_of_the_file_system()
    {
        Assert.InRange(_files.FreeBytes(_directory.Path), 1, long.MaxValue);
    }

    private static StorageException AssertFails(string operation, string path, Errno errno, Action action)
    {
        StorageException failure = Assert.Throws<StorageException>(action);
        Assert.Equal((operation, path, errno), (failure.Operation, failure.Path, failure.Errno));
        Assert.Contains(errno.ToString(), failure.Message, StringComparison.Ordinal);
        return failure;
    }

    private static long LargestLength(IFile file)
    {
        long low = 0;
        long high = long.MaxValue;
        while (low < high)
        {
            long middle = high - ((high - low) / 2);
            try
            {
                file.SetLength(middle);
                low = middle;
            }
            catch (StorageException)
            {
                high = middle - 1;
            }
        }

        return low;
    }

    private int TryLockInOtherProcess()
    {
        using Process process = Process.Start("flock", ["--nonblock", _directory["LOCK"], "true"]);
        process.WaitForExit();
        return process.ExitCode;
    }
}
