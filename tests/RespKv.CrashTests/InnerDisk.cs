using RespKv.TestKit.Server;

namespace RespKv.CrashTests;

/// <summary>
/// An ext4 on a loop device whose image lies on another disk. When that one goes away, the device fails and the file system on
/// it does not know: writes go to the cache, writeback fails, syncs say EIO.
/// </summary>
internal sealed class InnerDisk : IAsyncDisposable
{
    private const int Mebibytes = 512;

    private readonly LoopDisk _outer;
    private readonly TempDirectory _home = new();
    private string? _device;
    private bool _mounted;

    private InnerDisk(LoopDisk outer) => _outer = outer;

    public string MountPoint => _home.Inside("mount");

    private string ImagePath => Path.Combine(_outer.MountPoint, "image");

    /// <summary>The outer disk stays the caller's, and has to outlive this one.</summary>
    public static async Task<InnerDisk> CreateAsync(LoopDisk outer)
    {
        var disk = new InnerDisk(outer);
        try
        {
            Directory.CreateDirectory(disk.MountPoint);
            await Tool.CheckAsync("truncate", "-s", $"{Mebibytes}M", disk.ImagePath);
            await Tool.CheckAsync("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", disk.ImagePath);
            await disk.AttachAsync();
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Both disks anew. No process may have files open on them.</summary>
    public async Task PowerUpAsync()
    {
        await DetachAsync();
        await _outer.PowerUpAsync();
        await AttachAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await DetachAsync();
        _home.Dispose();
    }

    private async Task AttachAsync()
    {
        _device = (await Tool.CheckAsync("losetup", "--find", "--show", ImagePath)).Trim();
        await Tool.CheckAsync("mount", _device, MountPoint);
        _mounted = true;
    }

    private async Task DetachAsync()
    {
        if (_mounted)
        {
            await Tool.CheckAsync("umount", MountPoint);
            _mounted = false;
        }

        if (_device is not null)
        {
            await Tool.CheckAsync("losetup", "--detach", _device);
            _device = null;
        }
    }
}
