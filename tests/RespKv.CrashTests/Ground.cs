using RespKv.TestKit.Server;

namespace RespKv.CrashTests;

/// <summary>
/// Where data directories lie: an ext4 on a loop device that is used for all cycles of a run, or a directory of the machine's
/// own disk where none can be made.
/// </summary>
internal sealed class Ground : IAsyncDisposable
{
    private const int DiskMebibytes = 1024;

    /// <summary>Room left on a disk that is filled can be missed by what is being written meanwhile: so many attempts, each with a MiB more.</summary>
    private const int FillAttempts = 16;

    private readonly LoopDisk? _disk;
    private readonly InnerDisk? _inner;
    private readonly TempDirectory? _directory;
    private int _directories;

    private Ground(LoopDisk? disk, InnerDisk? inner = null)
    {
        _disk = disk;
        _inner = inner;
        _directory = disk is null ? new TempDirectory() : null;
    }

    public bool HasDisk => _disk is not null;

    private string Home => _inner?.MountPoint ?? _disk?.MountPoint ?? _directory!.Path;

    /// <summary>A file that takes all the room but a little.</summary>
    private string BallastPath => Path.Combine(Home, "ballast");

    public static async Task<Ground> CreateAsync(bool disk)
    {
        if (!disk)
        {
            return new Ground(null);
        }

        var ground = new Ground(await LoopDisk.CreateAsync(DiskMebibytes));
        await ground.ConfigureAsync();
        return ground;
    }

    /// <summary>A disk whose device can fail, with a file system that does not know of it.</summary>
    public static async Task<Ground> CreateFailingAsync()
    {
        LoopDisk outer = await LoopDisk.CreateAsync(DiskMebibytes);
        try
        {
            return new Ground(outer, await InnerDisk.CreateAsync(outer));
        }
        catch
        {
            await outer.DisposeAsync();
            throw;
        }
    }

    /// <summary>An empty directory; those handed out before are deleted. No process may use them.</summary>
    public string FreshDirectory()
    {
        foreach (string old in Directory.GetDirectories(Home, "data-*"))
        {
            Directory.Delete(old, recursive: true);
        }

        return Directory.CreateDirectory(Path.Combine(Home, $"data-{++_directories}")).FullName;
    }

    public void CutPower() => Disk().CutPower();

    /// <summary>From now on the device fails: writes go to the cache, a sync says EIO.</summary>
    public void FailDevice() => Disk().CutPower();

    /// <summary>Has ext4 find an error, upon which it makes itself read-only.</summary>
    public void MakeReadOnly() => File.WriteAllText(Path.Combine(Attributes(), "trigger_fs_error"), "a strike");

    /// <summary>The disk after a power cut or an error. No process may have files open on it.</summary>
    public async Task PowerUpAsync()
    {
        if (_inner is not null)
        {
            await _inner.PowerUpAsync();
            return;
        }

        await Disk().PowerUpAsync();
        await ConfigureAsync();
    }

    /// <summary>Everything is on disk when this returns.</summary>
    public async Task SyncAsync() => await Tool.CheckAsync("sync", "--file-system", Home);

    /// <summary>Leaves so much room, or a little less.</summary>
    public async Task FillAsync(long bytesLeft)
    {
        // ext4 keeps some blocks for itself that count as free.
        const int blockBytes = 4096;
        long reservedBytes = blockBytes * long.Parse(await File.ReadAllTextAsync(Path.Combine(Attributes(), "reserved_clusters")), System.Globalization.CultureInfo.InvariantCulture);
        ToolResult result = new(1, "", "");
        for (int attempt = 0; attempt < FillAttempts && result.ExitCode != 0; attempt++)
        {
            long bytes = new DriveInfo(Home).TotalFreeSpace - reservedBytes - bytesLeft - (attempt << 20);
            result = await Tool.RunAsync(["fallocate", "--length", $"{Math.Max(1, bytes)}", BallastPath]);
        }

        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"The disk cannot be filled: {result}");
        }
    }

    public void MakeRoom() => File.Delete(BallastPath);

    public async ValueTask DisposeAsync()
    {
        if (_inner is not null)
        {
            await _inner.DisposeAsync();
        }

        if (_disk is not null)
        {
            await _disk.DisposeAsync();
        }

        _directory?.Dispose();
    }

    /// <summary>Otherwise an error that ext4 finds is only counted.</summary>
    private async Task ConfigureAsync() => await Tool.CheckAsync("mount", "-o", "remount,errors=remount-ro", Home);

    private LoopDisk Disk() => _disk ?? throw new InvalidOperationException("There is no disk whose power could be cut.");

    /// <summary>Where the kernel shows and takes settings of the mounted file system.</summary>
    private string Attributes()
    {
        string device = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).Last(words => words[1] == Home)[0];
        return Path.Combine("/sys/fs/ext4", Path.GetFileName(device));
    }
}
