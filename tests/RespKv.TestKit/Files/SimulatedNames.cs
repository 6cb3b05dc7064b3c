namespace RespKv.TestKit.Files;

/// <summary>
/// Which names stand for which file, as the system shows it and as the disk holds it. A change is pending until its
/// directory is synced; each pending change survives a crash or not. Guarded by the file system's lock.
/// </summary>
internal sealed class SimulatedNames
{
    private readonly Dictionary<string, SimulatedInode> _shown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedInode> _durable = new(StringComparer.Ordinal);
    private readonly List<Change> _pending = [];

    internal IEnumerable<string> Paths => _shown.Keys.Order(StringComparer.Ordinal);

    internal IEnumerable<SimulatedInode> Inodes => _shown.Values;

    internal SimulatedInode? Find(string path) => _shown.GetValueOrDefault(path);

    internal void Create(string path, SimulatedInode inode) => Make(new Change(null, path, inode));

    internal void Rename(string from, string to) => Make(new Change(from, to, _shown[from]));

    internal void Delete(string path) => Make(new Change(path, null, _shown[path]));

    internal void Sync(string directory)
    {
        foreach (Change change in _pending.Where(change => change.IsIn(directory)))
        {
            change.Apply(_durable);
        }

        _pending.RemoveAll(change => change.IsIn(directory));
    }

    /// <summary>A copy of all of it, with copies of the files: the machine goes on, the process does not.</summary>
    internal SimulatedNames Copy()
    {
        var copies = new Dictionary<SimulatedInode, SimulatedInode>();
        SimulatedInode CopyOf(SimulatedInode inode)
        {
            if (!copies.TryGetValue(inode, out SimulatedInode? copy))
            {
                copy = inode.Copy();
                copies[inode] = copy;
            }

            return copy;
        }

        var names = new SimulatedNames();
        foreach ((string path, SimulatedInode inode) in _shown)
        {
            names._shown[path] = CopyOf(inode);
        }

        foreach ((string path, SimulatedInode inode) in _durable)
        {
            names._durable[path] = CopyOf(inode);
        }

        names._pending.AddRange(_pending.Select(change => change with { Inode = CopyOf(change.Inode) }));
        return names;
    }

    /// <summary>What is left after a power cut.</summary>
    internal SimulatedNames Survivor(Random random, CrashOdds odds)
    {
        var names = new Dictionary<string, SimulatedInode>(_durable, StringComparer.Ordinal);
        foreach (Change change in _pending)
        {
            if (odds.Draw(random) == SectorFate.Kept)
            {
                change.Apply(names);
            }
        }

        var survivor = new SimulatedNames();
        foreach ((string path, SimulatedInode inode) in names.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            SimulatedInode left = inode.Survivor(random, odds);
            survivor._shown[path] = left;
            survivor._durable[path] = left;
        }

        return survivor;
    }

    private void Make(Change change)
    {
        change.Apply(_shown);
        _pending.Add(change);
    }

    /// <summary>A create (no From), a rename, or a delete (no To).</summary>
    private sealed record Change(string? From, string? To, SimulatedInode Inode)
    {
        internal bool IsIn(string directory) => Path.GetDirectoryName(To ?? From) == directory;

        // A rename or delete of a file whose creation was lost is lost with it.
        internal void Apply(Dictionary<string, SimulatedInode> names)
        {
            if (From is not null)
            {
                if (!names.TryGetValue(From, out SimulatedInode? found) || found != Inode)
                {
                    return;
                }

                names.Remove(From);
            }

            if (To is not null)
            {
                names[To] = Inode;
            }
        }
    }
}
