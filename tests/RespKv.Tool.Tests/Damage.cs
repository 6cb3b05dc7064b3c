using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Tool.Tests;

/// <summary>Places in a data directory, for flipping bits.</summary>
internal static class Damage
{
    internal static string Path(SimulatedFileSystem disk, string prefix, int index = 0)
        => disk.ReadAll().Keys.Where(path => path.StartsWith($"{DirectoryMaker.Source}/{prefix}", StringComparison.Ordinal)).ElementAt(index);

    internal static string Last(SimulatedFileSystem disk, string prefix)
        => disk.ReadAll().Keys.Last(path => path.StartsWith($"{DirectoryMaker.Source}/{prefix}", StringComparison.Ordinal));

    /// <summary>Offset and length of the n-th block of that kind.</summary>
    internal static (long Offset, long Bytes) Block(SimulatedFileSystem disk, string table, TableBlockKind kind, int index = 0)
    {
        using var walk = new TableWalk(disk, table);
        while (walk.NextBlock())
        {
            if (walk.Kind == kind && index-- == 0)
            {
                return (walk.Offset, walk.Bytes);
            }
        }

        throw new InvalidOperationException($"{table} has no such {kind} block");
    }

    /// <summary>Files that wait to be used again hold old parts of the log: without them repair has only the tables.</summary>
    internal static void DeleteRetired(SimulatedFileSystem disk)
    {
        foreach (string path in disk.ReadAll().Keys.Where(path => path.Contains("/retired-", StringComparison.Ordinal)))
        {
            disk.Delete(path);
        }
    }
}
