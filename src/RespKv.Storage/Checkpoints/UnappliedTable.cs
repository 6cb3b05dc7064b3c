using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Checkpoints;

/// <summary>A table in the making, that no manifest names yet: disposed before it was finished, it is discarded.</summary>
internal sealed class UnappliedTable : IDisposable
{
    private readonly TableSet _tables;
    private readonly TableWriter _writer;
    private bool _finished;

    internal UnappliedTable(IFileSystem files, TableSet tables, long firstLsn, long lastLsn, TableOptions options, IWritePacer? pacer)
    {
        _tables = tables;
        Number = tables.AllocateFileNumber();
        try
        {
            _writer = new TableWriter(files, tables.PathOf(Number), firstLsn, lastLsn, options, pacer);
        }
        catch
        {
            Discard(tables, Number);
            throw;
        }
    }

    internal long Number { get; }

    internal long FileBytes => _writer.FileBytes;

    internal void Add(ReadOnlySpan<byte> tableKey, in TableEntry entry) => _writer.Add(tableKey, entry);

    /// <summary>Completes and syncs the file. From now on the caller sees to it that it is applied or discarded.</summary>
    internal TableInfo Finish(int level, long run)
    {
        TableProperties made = _writer.Finish();
        _finished = true;
        return new TableInfo(Number, level, run, made.FirstLsn, made.LastLsn, made.FileBytes, made.Entries, made.SmallestKey, made.LargestKey);
    }

    public void Dispose()
    {
        _writer.Dispose();
        if (!_finished)
        {
            Discard(_tables, Number);
        }
    }

    /// <summary>Deletes the file of a table that was not applied. What cannot be deleted now, the next start removes as an orphan.</summary>
    internal static void Discard(TableSet tables, long number)
    {
        if (tables.State.Find(number) is not null)
        {
            return;
        }

        try
        {
            tables.Discard(number);
        }
        catch (StorageException)
        {
            // What failed before is what the caller hears of.
        }
    }
}
