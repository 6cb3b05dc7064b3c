using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.Storage.Tables;

namespace RespKv.Tool.Repair;

/// <summary>A table file whose footer, index and properties are sound.</summary>
/// <param name="Number">By its name.</param>
/// <param name="Properties">What it says of itself.</param>
/// <param name="Spaces">Those that it has keys of, as far as its blocks can be read.</param>
internal sealed record CompleteTable(long Number, TableProperties Properties, IReadOnlyList<uint> Spaces)
{
    internal TableInfo InfoAt(int level, long run) => new(
        Number,
        level,
        run,
        Properties.FirstLsn,
        Properties.LastLsn,
        Properties.FileBytes,
        Properties.Entries,
        Properties.SmallestKey,
        Properties.LargestKey);

    internal bool Covers(long firstLsn, long lastLsn) => Properties.FirstLsn <= firstLsn && Properties.LastLsn >= lastLsn;
}

/// <summary>The table files of a directory, named by a manifest or not.</summary>
internal sealed class SourceTables
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly HashSet<long> _numbers = [];

    internal SourceTables(IFileSystem files, string directory)
    {
        _files = files;
        _directory = directory;
        var complete = new List<CompleteTable>();
        var unreadable = new List<string>();
        foreach (string name in files.ListFiles(directory))
        {
            if (!ManifestNames.TryParseTable(name, out long number))
            {
                continue;
            }

            _numbers.Add(number);
            try
            {
                using TableReader reader = TableReader.Open(files, Path.Combine(directory, name));
                complete.Add(new CompleteTable(number, reader.Properties, SpacesOf(reader)));
            }
            catch (TableCorruptionException)
            {
                unreadable.Add(name);
            }
        }

        Complete = complete;
        Unreadable = unreadable;
    }

    internal IReadOnlyList<CompleteTable> Complete { get; }

    /// <summary>Names of those that are unfinished, or damaged where they describe themselves.</summary>
    internal IReadOnlyList<string> Unreadable { get; }

    private static List<uint> SpacesOf(TableReader reader)
    {
        var spaces = new List<uint>();
        byte[] target = new byte[TableKey.SpaceBytes];
        try
        {
            using TableCursor cursor = reader.OpenCursor();
            for (bool more = cursor.SeekFirst(); more; more = cursor.Seek(target))
            {
                uint space = TableKey.Space(cursor.Key);
                spaces.Add(space);
                if (space == uint.MaxValue)
                {
                    break;
                }

                TableKey.Write(target, space + 1, default);
            }
        }
        catch (TableCorruptionException)
        {
            // What was found so far has to do; the damage is told when the table is copied.
        }

        return spaces;
    }

    internal bool IsThere(TableInfo table) => _numbers.Contains(table.Number);

    /// <summary>Reads all of it.</summary>
    internal bool IsSound(TableInfo table)
    {
        if (!IsThere(table))
        {
            return false;
        }

        try
        {
            using TableReader reader = TableReader.Open(_files, Path.Combine(_directory, ManifestNames.Table(table.Number)));
            reader.Verify(null, CancellationToken.None);
            return reader.Properties.Entries == table.Entries;
        }
        catch (TableCorruptionException)
        {
            return false;
        }
    }
}
