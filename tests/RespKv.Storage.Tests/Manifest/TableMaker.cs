using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;

namespace RespKv.Storage.Tests.Manifest;

/// <summary>Directories with real tables: the n-th checkpoint writes table n with the keys a, b and c, whose value is n.</summary>
internal static class TableMaker
{
    internal static string PathOf(long number) => $"{DataDirectory}/table-{number:D10}.tbl";

    /// <summary>Writes a table and returns what the manifest is to say about it.</summary>
    internal static TableInfo Write(IFileSystem files, long number, long firstLsn, long lastLsn)
    {
        using var writer = new TableWriter(files, PathOf(number), firstLsn, lastLsn, new TableOptions(), null);
        foreach (string key in new[] { "a", "b", "c" })
        {
            writer.Add(Key(1, key), new TableEntry(TableEntryKind.Value, 1, -1, [(byte)number]));
        }

        TableProperties properties = writer.Finish();
        return new TableInfo(
            number, 0, number, firstLsn, lastLsn, properties.FileBytes, properties.Entries, properties.SmallestKey, properties.LargestKey);
    }

    /// <summary>Writes and applies the next checkpoint of ten LSNs.</summary>
    internal static long AddTable(IFileSystem files, TableSet set, params long[] deleted)
    {
        long number = set.AllocateFileNumber();
        long lsn = set.State.CheckpointLsn;
        TableInfo table = Write(files, number, lsn + 1, lsn + 10);
        set.Apply(new ManifestEdit { LogId = LogId, CheckpointLsn = lsn + 10, Added = [table], Deleted = deleted });
        return number;
    }

    /// <summary>A directory with that many tables, closed.</summary>
    internal static SimulatedFileSystem DiskWithTables(int count)
    {
        SimulatedFileSystem files = NewDisk();
        using var life = new Life(files);
        for (int number = 1; number <= count; number++)
        {
            AddTable(files, life.Set);
        }

        return files;
    }

    /// <summary>The value of a key in a table: shows that its reader reads.</summary>
    internal static int ValueIn(TableReader table, string key = "b")
    {
        using TableCursor cursor = table.OpenCursor();
        Assert.True(cursor.Seek(Key(1, key)));
        return cursor.Entry.Bytes[0];
    }

    /// <summary>Names of all files but CURRENT.</summary>
    internal static IEnumerable<string> Names(SimulatedFileSystem files)
    {
        return files.ReadAll().Keys.Select(path => Path.GetFileName(path)).Where(name => name != "CURRENT");
    }
}

/// <summary>A process that has the directory open.</summary>
internal sealed class Life : IDisposable
{
    internal Life(IFileSystem files, bool deferOrphans = false)
    {
        Manifest = ManifestMaker.Open(files);
        try
        {
            Set = TableSet.Open(files, DataDirectory, Manifest, deferOrphans);
        }
        catch
        {
            Manifest.Dispose();
            throw;
        }
    }

    internal ManifestStore Manifest { get; }

    internal TableSet Set { get; }

    public void Dispose()
    {
        Set.Dispose();
        Manifest.Dispose();
    }
}
