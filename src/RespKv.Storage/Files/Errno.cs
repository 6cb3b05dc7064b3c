using System.Runtime.InteropServices;

namespace RespKv.Storage.Files;

/// <summary>Linux error numbers (asm-generic, the same on x64 and arm64). Others keep their number.</summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    EINTR = 4,
    EIO = 5,
    ENXIO = 6,
    EBADF = 9,
    EAGAIN = 11,
    EWOULDBLOCK = EAGAIN,
    ENOMEM = 12,
    EACCES = 13,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    EFBIG = 27,
    ENOSPC = 28,
    ESPIPE = 29,
    EROFS = 30,
    EMLINK = 31,
    ENAMETOOLONG = 36,
    ENOLCK = 37,
    ENOSYS = 38,
    ENOTEMPTY = 39,
    ELOOP = 40,
    EOPNOTSUPP = 95,
    ESTALE = 116,
    EDQUOT = 122,
}

public static class ErrnoNames
{
    /// <summary>The symbol, for example <c>EIO</c>; <c>errno 71</c> for one that has no name here.</summary>
    public static string Name(this Errno errno)
    {
        return Enum.GetName(errno) ?? $"errno {(int)errno}";
    }

    /// <summary>The C library's words for it.</summary>
    public static string Text(this Errno errno)
    {
        return Marshal.GetPInvokeErrorMessage((int)errno);
    }
}
