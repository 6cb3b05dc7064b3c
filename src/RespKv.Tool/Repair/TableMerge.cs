using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Tool.Repair;

/// <summary>Makes one run of tables that stand for overlapping stretches of the log: the newest word about each key.</summary>
internal static class TableMerge
{
    /// <summary>As the server's own compaction closes them.</summary>
    private const long TableBytesTarget = 32L << 20;

    private const int BaseLevel = 7;
    private const int ReadAheadBytes = 1 << 20;

    /// <summary>The inputs are deleted.</summary>
    /// <returns>The tables of the run.</returns>
    internal static List<TableInfo> Run(IFileSystem files, string directory, IReadOnlyList<TableInfo> inputs, CancellationToken cancel)
    {
        var outputs = new List<TableInfo>();
        var readers = inputs.Select(table => TableReader.Open(files, PathOf(directory, table.Number))).ToList();
        try
        {
            long number = inputs.Max(table => table.Number) + 1;
            using var cursor = new MergeCursor(
                [.. inputs.Zip(readers, (table, reader) => new MergeSource(reader, table.FirstLsn, table.LastLsn))], isBottom: true, ReadAheadBytes);
            bool more = cursor.SeekFirst();
            while (more)
            {
                using var writer = new TableWriter(
                    files, PathOf(directory, number), inputs.Min(table => table.FirstLsn), inputs.Max(table => table.LastLsn), TableOptions.Default, null);
                for (; more && writer.FileBytes < TableBytesTarget; more = cursor.Next())
                {
                    cancel.ThrowIfCancellationRequested();
                    writer.Add(cursor.Key, cursor.Entry);
                }

                outputs.Add(new CompleteTable(number++, writer.Finish(), []).InfoAt(BaseLevel, 1));
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        foreach (TableInfo input in inputs)
        {
            files.Delete(PathOf(directory, input.Number));
        }

        return outputs;
    }

    private static string PathOf(string directory, long number) => Path.Combine(directory, ManifestNames.Table(number));
}
