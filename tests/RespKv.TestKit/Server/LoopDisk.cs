namespace RespKv.TestKit.Server;

/// <summary>
/// A real ext4 on a loop device whose power can be cut. After <see cref="CutPower"/> every access fails, and what was not yet
/// on the device is gone, the journal's running transaction included; after <see cref="PowerUpAsync"/> it is as a disk after a
/// power failure, its journal replayed. Needs root.
/// </summary>
public sealed class LoopDisk : IAsyncDisposable
{
    private static readonly string[] Needed = ["losetup", "mkfs.ext4", "mount", "umount", "fsfreeze"];

    private static readonly Lazy<Task<string?>> Trial = new(TryAsync);

    private readonly TempDirectory _home = new();
    private string? _device;
    private bool _mounted;

    private LoopDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string MountPoint => _home.Inside("mount");

    /// <summary>Null when loop disks can be made here, otherwise why not. Found out once, by making one.</summary>
    public static Task<string?> WhyNotAsync() => Trial.Value;

    public static async Task<LoopDisk> CreateAsync(int mebibytes)
    {
        var disk = new LoopDisk();
        try
        {
            string image = disk._home.Inside("image");
            await Tool.CheckAsync("truncate", "-s", $"{mebibytes}M", image);
            await Tool.CheckAsync("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image);
            Directory.CreateDirectory(disk.MountPoint);
            disk._device = (await Tool.CheckAsync("losetup", "--find", "--show", image)).Trim();
            await disk.MountAsync();
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    public void CutPower() => LibC.ShutDownExt4(MountPoint);

    /// <summary>Unmounts what the cut left and mounts the disk again. No process may have files open on it.</summary>
    public async Task PowerUpAsync()
    {
        await UnmountAsync();
        await MountAsync();
    }

    /// <summary>Until <see cref="ThawAsync"/>, writes and syncs block in the kernel.</summary>
    public async Task FreezeAsync() => await Tool.CheckAsync("fsfreeze", "--freeze", MountPoint);

    public async Task ThawAsync() => await Tool.CheckAsync("fsfreeze", "--unfreeze", MountPoint);

    public async ValueTask DisposeAsync()
    {
        if (_mounted)
        {
            await UnmountAsync();
        }

        if (_device is not null)
        {
            await Tool.CheckAsync("losetup", "--detach", _device);
        }

        _home.Dispose();
    }

    private async Task MountAsync()
    {
        await Tool.CheckAsync("mount", _device!, MountPoint);
        _mounted = true;
    }

    private async Task UnmountAsync()
    {
        await Tool.CheckAsync("umount", MountPoint);
        _mounted = false;
    }

    private static async Task<string?> TryAsync()
    {
        if (Environment.UserName != "root")
        {
            return "needs root";
        }

        string? missing = Needed.FirstOrDefault(name => Tool.Find(name) is null);
        if (missing is not null)
        {
            return $"{missing} is not installed";
        }

        try
        {
            await using LoopDisk disk = await CreateAsync(8);
            disk.CutPower();
            await disk.PowerUpAsync();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return $"no loop disk can be made here: {e.Message.ReplaceLineEndings(" ")}";
        }
    }
}
