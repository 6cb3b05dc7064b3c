namespace RespKv.TestKit.Files;

/// <summary>
/// Which names stand for which file, as the system shows it and as the disk holds it. A change is pending until its
/// directory is synced; each pending change survives a crash or not, in any combination in which no file is lost that
/// nobody deleted. Guarded by the file system's lock.
/// </summary>
internal sealed class SimulatedNames
{
    private readonly Dictionary<string, SimulatedInode> _shown;
    private readonly Dictionary<string, SimulatedInode> _durable;
    private readonly List<Change> _pending = [];

    internal SimulatedNames()
        : this([], [])
    {
    }

    private SimulatedNames(Dictionary<string, SimulatedInode> shown, Dictionary<string, SimulatedInode> durable)
    {
        _shown = shown;
        _durable = durable;
    }

    internal IEnumerable<string> Paths => _shown.Keys.Order(StringComparer.Ordinal);

    /// <summary>Bytes that the files have which can be found by a name.</summary>
    internal long UsedBytes
    {
        get
        {
            long bytes = 0;
            foreach (SimulatedInode inode in _shown.Values)
            {
                bytes += inode.Length;
            }

            return bytes;
        }
    }

    internal SimulatedInode? Find(string path) => _shown.GetValueOrDefault(path);

    internal void Create(string path, SimulatedInode inode) => Make(new Change(null, path, inode));

    internal void Rename(string from, string to)
    {
        if (from != to)
        {
            Make(new Change(from, to, _shown[from]));
        }
    }

    internal void Delete(string path) => Make(new Change(path, null, _shown[path]));

    /// <summary>What a sync of the directory that starts now is about.</summary>
    internal List<Change> BeginSync(string directory) => _pending.FindAll(change => change.IsIn(directory));

    internal void EndSync(List<Change> changes)
    {
        foreach (Change change in changes)
        {
            if (_pending.Remove(change))
            {
                change.Apply(_durable);
            }
        }
    }

    /// <summary>A copy of all of it, with copies of the files: the machine goes on, the process does not.</summary>
    internal SimulatedNames Copy()
    {
        var copies = new Dictionary<SimulatedInode, SimulatedInode>(ReferenceEqualityComparer.Instance);
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

        names._pending.AddRange(_pending.Select(change => new Change(change.From, change.To, CopyOf(change.Inode))));
        return names;
    }

    /// <summary>What is left after a power cut.</summary>
    internal SimulatedNames Survivor(Random random, CrashOdds odds)
    {
        var names = new Dictionary<string, SimulatedInode>(_durable);
        ApplySome(names, random, odds);

        // Clean files first: they draw nothing, and only the others need an order that does not hang on a hash.
        var left = new Dictionary<string, SimulatedInode>(names.Count);
        List<string> dirty = [];
        foreach ((string path, SimulatedInode inode) in names)
        {
            if (inode.IsClean)
            {
                left[path] = inode.Survivor(random, odds);
            }
            else
            {
                dirty.Add(path);
            }
        }

        dirty.Sort(StringComparer.Ordinal);
        foreach (string path in dirty)
        {
            left[path] = names[path].Survivor(random, odds);
        }

        return new SimulatedNames(left, new Dictionary<string, SimulatedInode>(left));
    }

    private void ApplySome(Dictionary<string, SimulatedInode> names, Random random, CrashOdds odds)
    {
        // Where a file still is because its rename was lost: what came to that name later would overwrite it.
        HashSet<string>? stayed = null;
        foreach (Change change in _pending)
        {
            bool kept = odds.DrawName(random) && (change.To is null || stayed is null || !stayed.Contains(change.To));
            if (kept)
            {
                change.Apply(names);
            }
            else if (change is { From: not null, To: not null })
            {
                stayed ??= new HashSet<string>(StringComparer.Ordinal);
                stayed.Add(change.From);
            }
        }
    }

    private void Make(Change change)
    {
        change.Apply(_shown);
        _pending.Add(change);
    }

    /// <summary>A create (no From), a rename, or a delete (no To).</summary>
    internal sealed class Change(string? from, string? to, SimulatedInode inode)
    {
        internal string? From => from;

        internal string? To => to;

        internal SimulatedInode Inode => inode;

        internal bool IsIn(string directory) => Path.GetDirectoryName(to ?? from) == directory;

        // A rename or delete of a file whose creation was lost is lost with it.
        internal void Apply(Dictionary<string, SimulatedInode> names)
        {
            if (from is not null)
            {
                if (!names.TryGetValue(from, out SimulatedInode? found) || found != inode)
                {
                    return;
                }

                names.Remove(from);
            }

            if (to is not null)
            {
                names[to] = inode;
            }
        }
    }
}
