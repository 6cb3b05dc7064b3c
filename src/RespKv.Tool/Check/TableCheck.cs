using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Tool.Check;

/// <summary>Reads on where start-up stops at a table: names every damaged block of every table.</summary>
internal sealed class TableCheck(IFileSystem files, string directory, FindingList findings, CancellationToken cancel)
{
    internal void ReadOn(ManifestState state)
    {
        foreach (TableInfo table in state.Tables)
        {
            string path = Path.Combine(directory, ManifestNames.Table(table.Number));
            if (!files.FileExists(path))
            {
                findings.Add(Severity.Corruption, path, 0, null, $"the table is missing: {DescribeRange(table)}");
                continue;
            }

            Check(path, table);
        }
    }

    private static string DescribeRange(TableInfo table)
        => $"{table.Entries} entries of LSN {table.FirstLsn} to {table.LastLsn}";

    private void Check(string path, TableInfo table)
    {
        try
        {
            using TableReader reader = TableReader.Open(files, path);
            reader.Verify(null, cancel);
            if (reader.Properties.Entries != table.Entries || reader.Properties.FileBytes != table.FileBytes)
            {
                findings.Add(
                    Severity.Corruption,
                    path,
                    0,
                    null,
                    $"the manifest says {table.Entries} entries in {table.FileBytes} bytes, the table has {reader.Properties.Entries} in {reader.Properties.FileBytes}");
            }
        }
        catch (TableCorruptionException e)
        {
            NameBlocks(path);
            findings.Add(Severity.Corruption, path, e.Offset, null, e.Problem);
        }
    }

    private void NameBlocks(string path)
    {
        using var walk = new TableWalk(files, path);
        while (walk.NextBlock())
        {
            cancel.ThrowIfCancellationRequested();
            while (walk.NextEntry())
            {
                // A problem may come up between entries.
            }

            if (walk.Problem is { } problem)
            {
                findings.Add(Severity.Corruption, path, walk.Offset, null, $"{problem} ({walk.Bytes} bytes)");
            }
        }
    }
}
