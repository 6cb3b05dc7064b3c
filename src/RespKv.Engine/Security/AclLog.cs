namespace RespKv.Engine.Security;

/// <summary>Where a command was refused.</summary>
internal enum AclContext : byte
{
    TopLevel,
    Transaction,
}

/// <summary>Something that was refused, and how often.</summary>
internal sealed record AclLogEntry(AclDenial Reason, AclContext Context, string Object, string User, long Id, long CreatedAtMillis)
{
    public long Count { get; set; } = 1;

    public long UpdatedAtMillis { get; set; } = CreatedAtMillis;

    /// <summary>The last client, as CLIENT LIST shows it.</summary>
    public string Client { get; set; } = "";

    public bool IsLike(AclDenial reason, AclContext context, string what, string user, long nowMillis)
        => Reason == reason && Context == context && Object == what && User == user && Math.Abs(nowMillis - UpdatedAtMillis) <= AclLog.MergeMillis;
}

/// <summary>What was refused lately (ACL LOG). Guarded by the turn.</summary>
internal sealed class AclLog
{
    /// <summary>The same again within this time is counted, not added; as in Redis.</summary>
    public const long MergeMillis = 60_000;

    /// <summary>Entries that are looked at for the same; as in Redis.</summary>
    private const int MergeEntries = 10;

    /// <summary>Kept of a key, a channel or a name: strangers may send long ones.</summary>
    private const int ObjectBytesMax = 1024;

    private readonly LinkedList<AclLogEntry> _entries = new();
    private long _nextId;

    /// <summary>Newest first.</summary>
    public IReadOnlyCollection<AclLogEntry> Entries => _entries;

    /// <param name="reason">What was not allowed.</param>
    /// <param name="context">Where.</param>
    /// <param name="what">The command, key, channel; for a failed authentication the command that tried it.</param>
    /// <param name="user">Who.</param>
    /// <param name="client">The client as CLIENT LIST shows it.</param>
    /// <param name="nowMillis">When.</param>
    /// <param name="entriesMax">Directive acllog-max-len.</param>
    public void Add(AclDenial reason, AclContext context, string what, string user, string client, long nowMillis, long entriesMax)
    {
        what = Cut(what);
        user = Cut(user);
        AclLogEntry? entry = _entries.Take(MergeEntries).FirstOrDefault(each => each.IsLike(reason, context, what, user, nowMillis));
        if (entry is not null)
        {
            entry.Count++;
            entry.UpdatedAtMillis = nowMillis;
            _entries.Remove(entry);
        }
        else
        {
            entry = new AclLogEntry(reason, context, what, user, _nextId++, nowMillis);
        }

        entry.Client = client;
        _entries.AddFirst(entry);
        while (_entries.Count > entriesMax)
        {
            _entries.RemoveLast();
        }
    }

    public void Clear() => _entries.Clear();

    private static string Cut(string text) => text.Length <= ObjectBytesMax ? text : text[..ObjectBytesMax];
}
