using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Tool.Repair;

/// <summary>Asks the tables of the new directory about single keys.</summary>
internal sealed class TableLookup : IDisposable
{
    private readonly List<(TableInfo Info, TableReader Reader)> _tables = [];

    internal TableLookup(IFileSystem files, string directory, IEnumerable<TableInfo> tables)
    {
        foreach (TableInfo table in tables)
        {
            _tables.Add((table, TableReader.Open(files, Path.Combine(directory, ManifestNames.Table(table.Number)))));
        }
    }

    /// <summary>A table that stands for what came behind that LSN tells the whole value of the key, or that it is gone.</summary>
    internal bool IsToldAfter(ReadOnlySpan<byte> tableKey, long lsn)
    {
        foreach ((TableInfo info, TableReader reader) in _tables)
        {
            if (info.FirstLsn <= lsn || !reader.MayContain(tableKey))
            {
                continue;
            }

            using TableCursor cursor = reader.OpenCursor();
            if (cursor.Seek(tableKey) && cursor.Key.SequenceEqual(tableKey) && cursor.Entry.Kind != TableEntryKind.Patch)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _tables.ForEach(table => table.Reader.Dispose());
}
