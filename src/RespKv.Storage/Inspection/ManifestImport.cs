using RespKv.Storage.Files;
using RespKv.Storage.Manifest;

namespace RespKv.Storage.Inspection;

/// <summary>Puts a manifest that came from elsewhere in force in a new directory.</summary>
public static class ManifestImport
{
    /// <summary>Writes the manifest and CURRENT, durably. Tables are in the directory already, or follow before anybody opens it.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">Has no manifest.</param>
    /// <param name="bytes">A manifest file.</param>
    /// <returns>Its state, as read back.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a manifest.</exception>
    /// <exception cref="ManifestCorruptionException">They are one, and not a sound one.</exception>
    public static ManifestState Write(IFileSystem files, string directory, ReadOnlySpan<byte> bytes)
    {
        if (!ManifestFileHeader.TryRead(bytes, out ManifestFileHeader header, out uint version) || version != ManifestFormat.Version)
        {
            throw new InvalidDataException("what was sent as a manifest is none of this version");
        }

        string path = Path.Combine(directory, ManifestNames.Manifest(header.Number));
        using (IFile file = files.Open(path, FileOpenKind.CreateNew))
        {
            file.Write(bytes, 0);
            file.SyncData();
        }

        files.SyncDirectory(directory);
        CurrentFile.WriteTemporary(files, directory, header.Number);
        CurrentFile.Switch(files, directory);
        return ManifestStore.Read(files, directory);
    }
}
