using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Backup;

/// <summary>Copies the directory of a server that is not running: what its state is made of, and nothing else.</summary>
internal static class OfflineBackup
{
    /// <returns>What check says of the copy.</returns>
    internal static CheckReport Run(
        IFileSystem files, string source, string targetPath, IProgressBar progress, CancellationToken cancel)
    {
        using IDisposable held = Take(files, source);
        List<string> names = [.. Names(files, source)];
        if (names.Count == 0)
        {
            throw new ToolException($"there is no data in {source}");
        }

        TargetDirectory target = TargetDirectory.Create(files, targetPath);
        long total = names.Sum(name => Length(files, Path.Combine(source, name)));
        long done = 0;
        foreach (string name in names)
        {
            long before = done;
            done += FileCopy.Copy(
                files, Path.Combine(source, name), Path.Combine(target.Partial, name), cancel, bytes => progress.Report(before + bytes, total));
        }

        return BackupVerification.Complete(files, target, targetPath, progress, cancel);
    }

    private static IDisposable Take(IFileSystem files, string source)
    {
        // A lock file is not made where no server ever was.
        _ = files.ListFiles(source);
        try
        {
            return files.LockDirectory(source);
        }
        catch (StorageException e) when (e.Kind == StorageErrorKind.Locked)
        {
            throw new ToolException($"a server works in {source}: stop it, or copy from it with `respkv backup --from HOST:PORT TARGET`");
        }
    }

    // The manifest goes last among the tables' files, CURRENT last of all: before it, the copy is no data directory.
    private static IEnumerable<string> Names(IFileSystem files, string source)
    {
        ManifestState state = ManifestStore.Read(files, source);
        foreach (TableInfo table in state.Tables)
        {
            yield return ManifestNames.Table(table.Number);
        }

        foreach (string segment in WalChain.Segments(files, source))
        {
            yield return segment;
        }

        IReadOnlyList<string> all = files.ListFiles(source);
        foreach (string manifest in all.Where(name => ManifestNames.TryParseManifest(name, out _)))
        {
            yield return manifest;
        }

        if (all.Contains(ManifestNames.Current))
        {
            yield return ManifestNames.Current;
        }
    }

    private static long Length(IFileSystem files, string path)
    {
        using IFile file = files.Open(path, FileOpenKind.Read);
        return file.Length;
    }
}
