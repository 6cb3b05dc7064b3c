using System.Text;
using RespKv.Storage.Files;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Manifest;

/// <summary>
/// CURRENT: the name of the manifest in force, a space, the CRC-32C of the name in eight hex digits, a line feed. The
/// checksum, because one flipped bit in a digit names another manifest, and that one may be there.
/// </summary>
internal static class CurrentFile
{
    /// <summary>More than any sound content.</summary>
    private const int ReadBytesMax = 64;

    internal static byte[] Encode(long number)
    {
        string name = ManifestNames.Manifest(number);
        return Encoding.ASCII.GetBytes($"{name} {Crc32C.Compute(Encoding.ASCII.GetBytes(name)):x8}\n");
    }

    /// <exception cref="ManifestCorruptionException">It is not what was written.</exception>
    internal static long Read(IFileSystem files, string directory)
    {
        string path = Path.Combine(directory, ManifestNames.Current);
        Span<byte> bytes = stackalloc byte[ReadBytesMax];
        using (IFile file = files.Open(path, FileOpenKind.Read))
        {
            bytes = bytes[..file.Read(bytes, 0)];
        }

        string name = Encoding.Latin1.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)' '))]);
        return ManifestNames.TryParseManifest(name, out long number) && bytes.SequenceEqual(Encode(number))
            ? number
            : throw new ManifestCorruptionException(path, 0, "the file does not name a manifest");
    }

    /// <summary>Prepares the pointer under its temporary name; it counts for nothing yet.</summary>
    internal static void WriteTemporary(IFileSystem files, string directory, long number)
    {
        string path = Path.Combine(directory, ManifestNames.CurrentTemporary);
        if (files.FileExists(path))
        {
            files.Delete(path);
        }

        using IFile file = files.Open(path, FileOpenKind.CreateNew);
        file.Write(Encode(number), 0);
        file.SyncData();
    }

    /// <summary>Puts the pointer in force. When it fails, either pointer may be the one on disk.</summary>
    internal static void Switch(IFileSystem files, string directory)
    {
        files.Rename(Path.Combine(directory, ManifestNames.CurrentTemporary), Path.Combine(directory, ManifestNames.Current));
        files.SyncDirectory(directory);
    }
}
