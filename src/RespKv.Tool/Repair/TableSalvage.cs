using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;
using RespKv.Tool.Backup;

namespace RespKv.Tool.Repair;

/// <summary>
/// Brings tables into the new directory: sound ones as they are, damaged ones by what is sound in them. First all are read,
/// so that a table knows what older ones have lost.
/// </summary>
internal sealed class TableSalvage(
    IFileSystem files, string source, string target, RepairReport report, CancellationToken cancel)
{
    private readonly HashSet<long> _damaged = [];

    internal LostKeys Lost { get; } = new();

    /// <summary>Those that are in the new directory now, as they are there.</summary>
    internal List<TableInfo> Taken { get; } = [];

    internal void Run(IReadOnlyList<TableInfo> tables)
    {
        foreach (TableInfo table in tables)
        {
            cancel.ThrowIfCancellationRequested();
            Inspect(table);
        }

        foreach (TableInfo table in tables)
        {
            cancel.ThrowIfCancellationRequested();
            Take(table);
        }
    }

    private static string NameOf(TableInfo table) => ManifestNames.Table(table.Number);

    private string SourceOf(TableInfo table) => Path.Combine(source, NameOf(table));

    private void Inspect(TableInfo table)
    {
        string path = SourceOf(table);
        if (!files.FileExists(path))
        {
            Lose(table, null, null, $"{NameOf(table)} is missing: {table.Entries} entries");
            return;
        }

        try
        {
            using TableReader reader = TableReader.Open(files, path);
            reader.Verify(null, cancel);
            if (reader.Properties.Entries == table.Entries && reader.Properties.FirstLsn == table.FirstLsn && reader.Properties.LastLsn == table.LastLsn)
            {
                return;
            }

            _damaged.Add(table.Number);
            Lose(table, null, null, $"{NameOf(table)} is another table than the manifest says: left out");
        }
        catch (TableCorruptionException e)
        {
            _damaged.Add(table.Number);
            FindLost(table, path, e);
        }
    }

    private void FindLost(TableInfo table, string path, TableCorruptionException first)
    {
        (long entries, List<Gap> gaps) = TableGaps.Find(files, path, cancel);
        if (entries == table.Entries)
        {
            report.Taken($"{NameOf(table)}: damaged at offset {first.Offset} ({first.Problem}), but all of its {entries} entries are sound");
            return;
        }

        foreach (Gap gap in gaps)
        {
            Lose(table, gap.After, gap.Before, $"{NameOf(table)}, offset {gap.Offset}, {gap.Bytes} bytes ({gap.Problem})");
        }

        report.Lost($"{NameOf(table)}: {table.Entries - entries} of {table.Entries} entries are lost");
    }

    private void Lose(TableInfo table, byte[]? above, byte[]? below, string text)
    {
        byte[] from = above is null ? table.SmallestKey : LostRange.After(above);
        Lost.Add(new LostRange(table.LastLsn, from, below ?? LostRange.After(table.LargestKey)));
        string fromText = above is null ? $"from {Key(table.SmallestKey)}" : $"behind {Key(above)}";
        string toText = below is null ? $"up to {Key(table.LargestKey)}" : $"before {Key(below)}";
        report.Lost($"{text}: keys {fromText} {toText}, as they were after LSN {table.FirstLsn} to {table.LastLsn}; older values of them may be back");
    }

    private static string Key(byte[] tableKey) => $"{RepairReport.Key(TableKey.Key(tableKey))} (space {TableKey.Space(tableKey)})";

    private void Take(TableInfo table)
    {
        if (!files.FileExists(SourceOf(table)))
        {
            return;
        }

        bool isRewritten = _damaged.Contains(table.Number) || (Lost.MayConcern(table) && HasPatches(table));
        if (!isRewritten)
        {
            FileCopy.Copy(files, SourceOf(table), Path.Combine(target, NameOf(table)), cancel);
            Taken.Add(table);
            report.Taken($"{NameOf(table)}: {table.Entries} entries");
        }
        else
        {
            Rewrite(table);
        }
    }

    private bool HasPatches(TableInfo table)
    {
        using TableReader reader = TableReader.Open(files, SourceOf(table));
        return reader.Properties.Patches > 0;
    }

    private void Rewrite(TableInfo table)
    {
        string path = Path.Combine(target, NameOf(table));
        long dropped = 0;
        TableProperties? properties = null;
        using (var writer = new TableWriter(files, path, table.FirstLsn, table.LastLsn, TableOptions.Default, null))
        {
            using var walk = new TableWalk(files, SourceOf(table));
            while (walk.NextBlock())
            {
                cancel.ThrowIfCancellationRequested();
                while (walk.Problem is null && walk.NextEntry())
                {
                    if (walk.Entry.Kind == TableEntryKind.Patch && Lost.LastLostLsn(walk.Key, table.FirstLsn) > 0)
                    {
                        dropped++;
                        report.Lost($"{NameOf(table)}: a partial change of {Key(walk.Key.ToArray())}, whose value is lost");
                    }
                    else
                    {
                        writer.Add(walk.Key, walk.Entry);
                    }
                }
            }

            if (writer.Entries > 0)
            {
                properties = writer.Finish();
            }
        }

        if (properties is null)
        {
            files.Delete(path);
            return;
        }

        var complete = new CompleteTable(table.Number, properties, []);
        Taken.Add(complete.InfoAt(table.Level, table.Run));
        report.Taken($"{NameOf(table)}: {properties.Entries} of {table.Entries} entries, in a new file");
    }
}
