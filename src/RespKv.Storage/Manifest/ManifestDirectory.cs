using RespKv.Storage.Files;

namespace RespKv.Storage.Manifest;

/// <summary>
/// Which manifest is in force. A directory without CURRENT is a new one only when nothing in it can have come after the
/// first CURRENT: that one names manifest 1 with an empty state, and exists before the first table.
/// </summary>
internal sealed class ManifestDirectory
{
    private ManifestDirectory(long current, long largest, string path)
    {
        Current = current;
        Largest = largest;
        Path = path;
    }

    /// <summary>Number of the manifest in force; 0 in a new directory.</summary>
    internal long Current { get; }

    /// <summary>Of all manifests that are there.</summary>
    internal long Largest { get; }

    /// <summary>The manifest in force.</summary>
    internal string Path { get; }

    /// <exception cref="ManifestCorruptionException">Something that had been there is missing or damaged.</exception>
    internal static ManifestDirectory Find(IFileSystem files, string directory)
    {
        IReadOnlyList<string> names = files.ListFiles(directory);
        var manifests = new List<long>();
        foreach (string name in names)
        {
            if (ManifestNames.TryParseManifest(name, out long number))
            {
                manifests.Add(number);
            }
        }

        long largest = manifests.Count > 0 ? manifests.Max() : 0;
        string currentPath = System.IO.Path.Combine(directory, ManifestNames.Current);
        if (!names.Contains(ManifestNames.Current))
        {
            CheckNew(files, directory, names, largest);
            return new ManifestDirectory(0, largest, currentPath);
        }

        long current = CurrentFile.Read(files, directory);
        return manifests.Contains(current)
            ? new ManifestDirectory(current, largest, System.IO.Path.Combine(directory, ManifestNames.Manifest(current)))
            : throw new ManifestCorruptionException(currentPath, 0, $"it names {ManifestNames.Manifest(current)}, which is missing");
    }

    private static void CheckNew(IFileSystem files, string directory, IReadOnlyList<string> names, long largest)
    {
        string currentPath = System.IO.Path.Combine(directory, ManifestNames.Current);
        if (names.FirstOrDefault(name => ManifestNames.TryParseTable(name, out _)) is { } table)
        {
            throw new ManifestCorruptionException(currentPath, 0, $"the file is missing, and there is {table}");
        }

        if (largest > ManifestFormat.FirstNumber || (largest == ManifestFormat.FirstNumber && SaysSomething(files, directory)))
        {
            throw new ManifestCorruptionException(currentPath, 0, $"the file is missing, and there is {ManifestNames.Manifest(largest)}");
        }
    }

    // Unsound is what a crash during the first start leaves.
    private static bool SaysSomething(IFileSystem files, string directory)
    {
        string path = System.IO.Path.Combine(directory, ManifestNames.Manifest(ManifestFormat.FirstNumber));
        using IFile file = files.Open(path, FileOpenKind.Read);
        try
        {
            return ManifestReader.Read(file, ManifestFormat.FirstNumber).State.CheckpointLsn > 0;
        }
        catch (ManifestCorruptionException)
        {
            return false;
        }
    }
}
