using RespKv.Storage.Tables;

namespace RespKv.Storage.Manifest;

/// <summary>
/// A state whose tables stay open, and on disk, until this is disposed. Any thread; Dispose may not overlap with the use
/// of what it gave out.
/// </summary>
public sealed class TableSnapshot : IDisposable
{
    private readonly TableSet _set;
    private TableVersion? _version;

    internal TableSnapshot(TableSet set, TableVersion version)
    {
        _set = set;
        _version = version;
    }

    public ManifestState State => Version.State;

    private TableVersion Version => Volatile.Read(ref _version) ?? throw new ObjectDisposedException(nameof(TableSnapshot));

    /// <exception cref="ArgumentException">The state has no such table.</exception>
    public TableReader Reader(long number)
    {
        return Version.Handles.TryGetValue(number, out TableHandle? handle)
            ? handle.Reader
            : throw new ArgumentException($"no table {number} in this state", nameof(number));
    }

    /// <summary>The tables that pass the filter, in the order of <see cref="ManifestState.Tables"/>.</summary>
    public IReadOnlyList<MergeSource> Sources(Func<TableInfo, bool>? filter = null)
    {
        TableVersion version = Version;
        var sources = new List<MergeSource>(version.State.Tables.Count);
        foreach (TableInfo table in version.State.Tables)
        {
            if (filter is null || filter(table))
            {
                sources.Add(new MergeSource(version.Handles[table.Number].Reader, table.FirstLsn, table.LastLsn));
            }
        }

        return sources;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _version, null) is { } version)
        {
            _set.Release(version);
        }
    }
}
