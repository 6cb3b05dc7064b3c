using RespKv.Storage.Files;

namespace RespKv.Storage.Wal;

/// <summary>A segment file found by recovery. <c>Header</c> is null when its first sector is not one.</summary>
/// <param name="Path">The file.</param>
/// <param name="NameLsn">The first LSN by its name.</param>
/// <param name="Header">What its first sector says.</param>
/// <param name="FileBytes">The length of the file.</param>
internal sealed record WalSegment(string Path, long NameLsn, WalSegmentHeader? Header, long FileBytes)
{
    /// <summary>Where batches end: what the header says, or the file when that ends early.</summary>
    internal long End => Header is { } header ? Math.Min(FileBytes, header.SegmentBytes) : FileBytes;

    internal bool IsRecycled => Header is { IsRecycled: true };

    internal bool IsShort => Header is { } header && FileBytes < header.SegmentBytes;

    internal static WalSegment Inspect(IFileSystem files, string path, long nameLsn)
    {
        using IFile file = files.Open(path, FileOpenKind.Read);
        Span<byte> sector = stackalloc byte[WalFormat.SegmentHeaderBytes];
        sector = sector[..file.Read(sector, 0)];
        if (!WalSegmentHeader.TryRead(sector, out WalSegmentHeader header, out uint version))
        {
            return new WalSegment(path, nameLsn, null, file.Length);
        }

        if (version != WalFormat.Version)
        {
            throw new WalCorruptionException(
                path, 0, nameLsn, $"the segment has format version {version}, this program reads version {WalFormat.Version}");
        }

        return new WalSegment(path, nameLsn, header, file.Length);
    }
}
