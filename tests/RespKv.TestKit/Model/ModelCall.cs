using System.Globalization;

namespace RespKv.TestKit.Model;

/// <summary>One command on its way through the model: its words, what it reads and writes, what it changed and touched.</summary>
internal sealed class ModelCall(ServerModel model, ModelSession session, IReadOnlyList<string> words, long nowMillis)
{
    private readonly HashSet<string> _touched = [];
    private bool _touchedAll;

    public ServerModel Model => model;

    public ModelSession Session => session;

    public IReadOnlyList<string> Words => words;

    public long NowMillis => nowMillis;

    public int Count => words.Count;

    public string Name { get; } = words[0].ToUpperInvariant();

    public bool Changed { get; private set; }

    public IReadOnlyCollection<string>? Touched => _touchedAll ? null : _touched;

    public string this[int index] => words[index];

    public ModelEntry? Find(string key) => Find(session.Database, key);

    public ModelEntry? Find(int database, string key)
    {
        Touch(ServerModel.Name(database, key));
        return model.Find(database, key, nowMillis);
    }

    /// <exception cref="WrongTypeException">The key holds something else.</exception>
    public ModelEntry? FindString(string key) => FindOf(ModelEntry.String, key);

    /// <exception cref="WrongTypeException">The key holds something else.</exception>
    public ModelEntry? FindOf(string type, string key)
    {
        ModelEntry? entry = Find(key);
        return entry is null || entry.Type == type ? entry : throw new WrongTypeException();
    }

    /// <summary>A collection's words; none when the key is not there.</summary>
    /// <exception cref="WrongTypeException">The key holds something else.</exception>
    public List<string> WordsOf(string type, string key) => FindOf(type, key) is { } entry ? ModelElements.Words(entry.Value) : [];

    /// <summary>Stores a collection; without elements the key is gone. The expiry stays.</summary>
    public void PutWords(string type, string key, IEnumerable<string> words)
    {
        string value = ModelElements.Normal(type, words);
        if (value.Length > 0)
        {
            Put(key, new ModelEntry(value, Find(key)?.ExpireAtMillis ?? ModelEntry.Never, type));
        }
        else if (Find(key) is not null)
        {
            Remove(key);
        }
    }

    public void Put(string key, ModelEntry entry) => Put(session.Database, key, entry);

    public void Put(int database, string key, ModelEntry entry)
    {
        Touch(ServerModel.Name(database, key));
        Changed = true;
        model.Put(database, key, entry);
    }

    /// <summary>The key is there.</summary>
    public void Remove(string key) => Remove(session.Database, key);

    public void Remove(int database, string key)
    {
        Touch(ServerModel.Name(database, key));
        Changed = true;
        model.Remove(database, key);
    }

    public void Clear(int database)
    {
        TouchAll();
        Changed |= model.VisibleKeys(database, nowMillis).Any();
        model.Clear(database, nowMillis);
    }

    public void Swap(int one, int other)
    {
        TouchAll();
        if (one != other)
        {
            Changed = true;
            model.Swap(one, other, nowMillis);
        }
    }

    public void Touch(string name) => _touched.Add(name);

    public void TouchAll() => _touchedAll = true;

    /// <summary>Takes over what a command of a block did.</summary>
    public void Add(ModelCall inner)
    {
        Changed |= inner.Changed;
        _touchedAll |= inner._touchedAll;
        _touched.UnionWith(inner._touched);
    }

    /// <summary>An integer as Redis takes it: no plus sign, no leading zeros, no spaces.</summary>
    public static bool TryInteger(string text, out long value)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value.ToString(CultureInfo.InvariantCulture) == text;
}
