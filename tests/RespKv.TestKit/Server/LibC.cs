using System.Runtime.InteropServices;
using System.Text;

namespace RespKv.TestKit.Server;

/// <summary>What tests ask of the kernel and .NET has no call for.</summary>
internal static class LibC
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int NoSuchProcess = 3;

    /// <summary>EXT4_IOC_SHUTDOWN, and its flag that does not even flush the journal.</summary>
    private const nuint Ext4Shutdown = 0x8004587d;
    private const uint WithoutLogFlush = 2;

    /// <summary>Does nothing when there is no such process any more.</summary>
    public static void SendSignal(int process, int signal)
    {
        if (Kill(process, signal) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
        {
            Check(-1, $"signal {signal} to process {process}");
        }
    }

    /// <summary>From now on every access to the ext4 at the mount point fails, and nothing more gets to its device.</summary>
    public static void ShutDownExt4(string mountPoint)
    {
        int directory = Check(Open(Encoding.UTF8.GetBytes(mountPoint + '\0'), ReadOnlyCloseOnExec), $"open {mountPoint}");
        try
        {
            uint flags = WithoutLogFlush;
            Check(Ioctl(directory, Ext4Shutdown, ref flags), $"EXT4_IOC_SHUTDOWN of {mountPoint}");
        }
        finally
        {
            _ = Close(directory);
        }
    }

    private static int Check(int result, string what)
        => result >= 0 ? result : throw new InvalidOperationException($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Ioctl(int file, nuint request, ref uint flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
