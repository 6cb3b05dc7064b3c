using System.Collections.Immutable;
using System.Globalization;
using RespKv.Protocol;

namespace RespKv.TestKit.Model;

/// <summary>
/// What Redis 7.0 would answer and hold, for the commands about strings, lists, sets, hashes, sorted sets, keys, expiry, databases and MULTI blocks: the slow and
/// obvious way, from Redis's documentation. Strings are Latin-1, one char a byte. A key is gone once its time has passed, whoever
/// deletes it and when. Not thread safe.
/// </summary>
public sealed class ServerModel
{
    /// <summary>Each database holds what was stored, also what has expired since: what is visible depends on the clock.</summary>
    private readonly ImmutableDictionary<string, ModelEntry>[] _databases;

    /// <summary>"db/key" to the number of the change that was the last one to it: what WATCH goes by.</summary>
    private ImmutableDictionary<string, long> _lastChanges;

    private long _changes;

    public ServerModel(int databases = 16)
    {
        _databases = new ImmutableDictionary<string, ModelEntry>[databases];
        Array.Fill(_databases, ImmutableDictionary.Create<string, ModelEntry>(StringComparer.Ordinal));
        _lastChanges = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);
    }

    private ServerModel(ServerModel other)
    {
        _databases = [.. other._databases];
        _lastChanges = other._lastChanges;
        _changes = other._changes;
    }

    /// <summary>Upper-case names of the commands it knows.</summary>
    public static IReadOnlySet<string> Commands => ModelCommand.Names;

    public int DatabaseCount => _databases.Length;

    /// <exception cref="NotSupportedException">The command is not in <see cref="Commands"/>.</exception>
    public ModelOutcome Execute(ModelSession session, IReadOnlyList<string> command, long nowMillis)
    {
        var call = new ModelCall(this, session, command, nowMillis);
        ModelReply reply = TransactionModel.Execute(call);
        RespValue? value = reply.Accepts is null ? reply.Parse() : null;
        return new ModelOutcome(value, call.Changed, call.Touched) { Accepts = reply.Accepts };
    }

    /// <summary>The same state; what is executed on one of the two is not seen by the other. Costs next to nothing.</summary>
    public ServerModel Copy() => new(this);

    /// <summary>"db/key" to "value expires at", the time in Unix milliseconds or -1.</summary>
    public SortedDictionary<string, string> Visible(long nowMillis)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int database = 0; database < _databases.Length; database++)
        {
            foreach (string key in VisibleKeys(database, nowMillis))
            {
                ModelEntry entry = _databases[database][key];
                all[Name(database, key)] = string.Create(CultureInfo.InvariantCulture, $"{(entry.Type == ModelEntry.String ? "" : entry.Type + " ")}{entry.Value} expires {entry.ExpireAtMillis}");
            }
        }

        return all;
    }

    /// <summary>Stores a key as it was read back from a server, for a model that starts from there. Time -1 for none.</summary>
    public void Load(int database, string key, string value, long expireAtMillis) => Put(database, key, new ModelEntry(value, expireAtMillis));

    /// <summary>As <see cref="Load(int, string, string, long)"/>, for a collection.</summary>
    /// <param name="database">Number.</param>
    /// <param name="key">The key.</param>
    /// <param name="type">As TYPE says it.</param>
    /// <param name="words">Elements of a list in their order, members of a set, fields and values in turn, members and scores in turn.</param>
    /// <param name="expireAtMillis">-1 for none.</param>
    public void Load(int database, string key, string type, IEnumerable<string> words, long expireAtMillis)
        => Put(database, key, new ModelEntry(ModelElements.Normal(type, words), expireAtMillis, type));

    /// <summary>As "db/key", the form in which keys are named outside of the model.</summary>
    internal static string Name(int database, string key) => string.Create(CultureInfo.InvariantCulture, $"{database}/{key}");

    internal ModelEntry? Find(int database, string key, long nowMillis)
        => _databases[database].TryGetValue(key, out ModelEntry? entry) && entry.IsVisible(nowMillis) ? entry : null;

    internal IEnumerable<string> VisibleKeys(int database, long nowMillis)
        => _databases[database].Where(pair => pair.Value.IsVisible(nowMillis)).Select(pair => pair.Key);

    /// <summary>Keys that were stored and not deleted, those that have expired included.</summary>
    internal int StoredKeys(int database) => _databases[database].Count;

    internal void Put(int database, string key, ModelEntry entry)
    {
        _databases[database] = _databases[database].SetItem(key, entry);
        NoteChange(database, key);
    }

    internal void Remove(int database, string key)
    {
        _databases[database] = _databases[database].Remove(key);
        NoteChange(database, key);
    }

    internal void Clear(int database, long nowMillis)
    {
        foreach (string key in VisibleKeys(database, nowMillis))
        {
            NoteChange(database, key);
        }

        _databases[database] = _databases[database].Clear();
    }

    internal void Swap(int one, int other, long nowMillis)
    {
        foreach (string key in VisibleKeys(one, nowMillis).Union(VisibleKeys(other, nowMillis)))
        {
            NoteChange(one, key);
            NoteChange(other, key);
        }

        (_databases[one], _databases[other]) = (_databases[other], _databases[one]);
    }

    /// <summary>The "db/key" names of what can be seen here and not there, or is different there.</summary>
    public IEnumerable<string> DifferencesFrom(ServerModel other, long nowMillis)
    {
        for (int database = 0; database < _databases.Length; database++)
        {
            bool isSame = ReferenceEquals(_databases[database], other._databases[database]);
            foreach (string key in isSame ? [] : _databases[database].Keys.Union(other._databases[database].Keys))
            {
                ModelEntry? here = Find(database, key, nowMillis);
                ModelEntry? there = other.Find(database, key, nowMillis);
                if (here?.Value != there?.Value || here?.Type != there?.Type || here?.ExpireAtMillis != there?.ExpireAtMillis)
                {
                    yield return Name(database, key);
                }
            }
        }
    }

    /// <summary>Number of the last change to the key, 0 when there was none.</summary>
    internal long LastChange(int database, string key) => _lastChanges.GetValueOrDefault(Name(database, key));

    /// <summary>
    /// A number that equal visible contents have in common and different ones do not (128 bits of SHA-256 for each key).
    /// </summary>
    public UInt128 Fingerprint(long nowMillis)
    {
        UInt128 sum = 0;
        for (int database = 0; database < _databases.Length; database++)
        {
            foreach ((string key, ModelEntry entry) in _databases[database])
            {
                sum ^= entry.IsVisible(nowMillis) ? entry.Fingerprint(database, key) : 0;
            }
        }

        return sum;
    }

    /// <summary>A copy with only those keys whose "db/key" name is wanted.</summary>
    internal ServerModel Only(Func<string, bool> isWanted)
    {
        ServerModel copy = Copy();
        for (int database = 0; database < _databases.Length; database++)
        {
            copy._databases[database] = _databases[database].RemoveRange(_databases[database].Keys.Where(key => !isWanted(Name(database, key))));
        }

        return copy;
    }

    private void NoteChange(int database, string key) => _lastChanges = _lastChanges.SetItem(Name(database, key), ++_changes);
}
