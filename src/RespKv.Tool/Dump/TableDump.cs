using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Tool.Dump;

/// <summary>Prints the blocks and entries of tables, behind damage too.</summary>
internal sealed class TableDump(IFileSystem files, string directory, IDumpOutput output, CancellationToken cancel)
{
    internal void All(ManifestState state)
    {
        foreach (TableInfo table in state.Tables)
        {
            Print(Path.Combine(directory, ManifestNames.Table(table.Number)), table);
        }
    }

    internal void One(long number, ManifestState state)
    {
        string path = Path.Combine(directory, ManifestNames.Table(number));
        if (!files.FileExists(path))
        {
            throw new ToolException($"there is no {ManifestNames.Table(number)} in {directory}");
        }

        Print(path, state.Find(number));
    }

    private void Print(string path, TableInfo? info)
    {
        output.Table(path, info);
        using var walk = new TableWalk(files, path);
        while (walk.NextBlock())
        {
            cancel.ThrowIfCancellationRequested();
            output.Block(walk);
            while (walk.NextEntry())
            {
                output.Entry(walk.Key, walk.Entry);
            }
        }
    }
}
