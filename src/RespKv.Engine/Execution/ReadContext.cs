using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Engine.Sessions;

namespace RespKv.Engine.Execution;

/// <summary>
/// What a read command may do. It cannot emit a mutation (decision 1), and it cannot look at a key without noting what it
/// saw: every look-up, misses included, raises <see cref="ObservedLsn"/> to the LSN of the last write to that key that is not
/// yet durable, and the reply waits for it (D1).
/// </summary>
internal class ReadContext(RespEngine engine, Protocol.RespWriter? reply = null) : CommandContext(engine, reply)
{
    private readonly byte[] _integerText = new byte[32];

    private protected Databases Databases { get; } = engine.Databases;

    /// <summary>Where commands gather members with scores. They leave it empty.</summary>
    internal Commands.SortedSets.ScoreTable Scores { get; } = new();

    /// <summary>The client's selected database.</summary>
    public int Database { get; private set; }

    /// <summary>The highest LSN that the running command has observed.</summary>
    public long ObservedLsn { get; private set; }

    /// <summary>Whether look-ups count as keyspace hits and misses; Redis counts those of reads only.</summary>
    private protected virtual bool CountsLookups => true;

    internal override void Begin(Session session, long nowMillis)
    {
        base.Begin(session, nowMillis);
        Database = session.Database;
        ObservedLsn = 0;
    }

    /// <summary>Finds a key that has not expired and marks it as used. An expired key is deleted, logged, and not found.</summary>
    public bool Find(in KeyRef key, out Entry entry) => Find(Database, key, out entry);

    /// <inheritdoc cref="Find(in KeyRef, out Entry)"/>
    public bool Find(int database, in KeyRef key, out Entry entry)
    {
        bool found = FindUntouched(database, key, out entry);
        if (found && !Session.NoTouch)
        {
            Databases[database].Touch(entry);
        }

        if (CountsLookups)
        {
            Engine.Stats.CountLookup(found);
            if (!found)
            {
                Notify(KeyspaceEvents.KeyMiss, "keymiss"u8, database, key);
            }
        }

        return found;
    }

    /// <summary>As <see cref="Find(in KeyRef, out Entry)"/>, but leaves the key's idle time alone and counts neither hit nor miss.</summary>
    public bool FindUntouched(in KeyRef key, out Entry entry) => FindUntouched(Database, key, out entry);

    /// <inheritdoc cref="FindUntouched(in KeyRef, out Entry)"/>
    public bool FindUntouched(int database, in KeyRef key, out Entry entry)
    {
        Database db = Databases[database];
        entry = db.Find(key.Bytes, key.Hash);
        if (entry.Exists)
        {
            long expireAt = db.ExpireAtMillis(entry);
            if (expireAt >= 0 && expireAt < NowMillis)
            {
                Engine.ExpireNow(database, key, NowMillis);
                entry = default;
            }
        }

        Observe(database, key.Hash);
        return entry.Exists;
    }

    /// <summary>
    /// Finds a string. Returns false, with the error already replied, when the key holds something else; otherwise true, with
    /// <paramref name="entry"/> existing or not.
    /// </summary>
    public bool FindString(in KeyRef key, out Entry entry)
    {
        if (!Find(key, out entry) || Type(entry) == Keyspace.ValueType.String)
        {
            return true;
        }

        Fail(Errors.WrongType);
        return false;
    }

    /// <summary>
    /// Finds a hash. Returns false, with the error already replied, when the key holds something else; otherwise true, with
    /// <paramref name="hash"/> existing or not. Valid until the next mutation; so are the views of the methods below.
    /// </summary>
    public bool FindHash(scoped in KeyRef key, out ElementsView hash)
    {
        bool isRightType = FindCollection(key, Keyspace.ValueType.Hash, out CollectionValue value);
        hash = new ElementsView(value);
        return isRightType;
    }

    /// <inheritdoc cref="FindHash"/>
    public bool FindSet(scoped in KeyRef key, out ElementsView set)
    {
        bool isRightType = FindCollection(key, Keyspace.ValueType.Set, out CollectionValue value);
        set = new ElementsView(value);
        return isRightType;
    }

    /// <inheritdoc cref="FindHash"/>
    public bool FindSortedSet(scoped in KeyRef key, out SortedSetView sortedSet)
    {
        bool isRightType = FindCollection(key, Keyspace.ValueType.SortedSet, out CollectionValue value);
        sortedSet = new SortedSetView(value);
        return isRightType;
    }

    /// <inheritdoc cref="FindHash"/>
    public bool FindList(scoped in KeyRef key, out ListView list)
    {
        bool isRightType = FindCollection(key, Keyspace.ValueType.List, out CollectionValue value);
        list = new ListView(value);
        return isRightType;
    }

    /// <summary>The collection that an entry of the selected database holds, for commands that take several types.</summary>
    public CollectionValue Collection(Entry entry) => Databases[Database].Collections.Read(entry);

    /// <summary>Publishes a keyspace event of the client's database; see <see cref="Notifications"/> for what to call it with, and when.</summary>
    public void Notify(KeyspaceEvents kind, ReadOnlySpan<byte> name, in KeyRef key) => Notify(kind, name, Database, key);

    /// <inheritdoc cref="Notify(KeyspaceEvents, ReadOnlySpan{byte}, in KeyRef)"/>
    public void Notify(KeyspaceEvents kind, ReadOnlySpan<byte> name, int database, in KeyRef key)
    {
        if ((Engine.Notifications.Mask & kind) != 0)
        {
            Engine.Notifications.Publish(kind, name, database, key.Bytes);
        }
    }

    /// <summary>The reply depends on the whole keyspace: it waits for all that was appended (D1).</summary>
    public void ObserveAll() => ObservedLsn = Math.Max(ObservedLsn, Engine.Commit.AppendedLsn);

    public Keyspace.ValueType Type(Entry entry) => Databases[Database].Type(entry);

    /// <summary>Unix milliseconds, -1 without expiry.</summary>
    public long ExpireAtMillis(Entry entry) => Databases[Database].ExpireAtMillis(entry);

    public bool IsInteger(Entry entry) => Databases[Database].IsInteger(entry);

    public long Integer(Entry entry) => Databases[Database].Integer(entry);

    public long StringLength(Entry entry) => Databases[Database].StringLength(entry);

    /// <summary>
    /// The bytes of a string. They lie in the slab: valid until the next mutation. Integers are formatted into a buffer that the
    /// next call reuses.
    /// </summary>
    public ReadOnlySpan<byte> StringBytes(Entry entry) => Databases[Database].StringBytes(entry, _integerText);

    /// <summary>As <see cref="StringBytes(Entry)"/>, with the caller's buffer (32 bytes) for integers: for commands that hold two values.</summary>
    public ReadOnlySpan<byte> StringBytes(Entry entry, Span<byte> scratch) => Databases[Database].StringBytes(entry, scratch);

    /// <summary>The key's bytes in the slab: valid until the next mutation.</summary>
    public ReadOnlySpan<byte> KeyOf(Entry entry) => Databases[Database].Key(entry);

    /// <summary>What OBJECT ENCODING says: int, embstr, raw, listpack, hashtable and so on.</summary>
    public string EncodingName(Entry entry)
    {
        Database db = Databases[Database];
        if (db.Type(entry) != Keyspace.ValueType.String)
        {
            bool isConverted = Collection(entry).IsConverted;
            return db.Type(entry) switch
            {
                Keyspace.ValueType.List => "quicklist",
                Keyspace.ValueType.Set => isConverted ? "hashtable" : "intset",
                Keyspace.ValueType.Hash => isConverted ? "hashtable" : "listpack",
                _ => isConverted ? "skiplist" : "listpack",
            };
        }

        if (db.IsInteger(entry))
        {
            return "int";
        }

        return db.StringLength(entry) <= EmbeddedStringBytesMax && !db.IsRawString(entry) ? "embstr" : "raw";
    }

    /// <summary>Redis's OBJ_ENCODING_EMBSTR_SIZE_LIMIT.</summary>
    private const int EmbeddedStringBytesMax = 44;

    /// <summary>Seconds since the key was last used (OBJECT IDLETIME).</summary>
    public long IdleSeconds(Entry entry) => Engine.IdleSeconds(Databases[Database].AccessClock(entry));

    /// <summary>How often the key is used, 0 to 255 (OBJECT FREQ). Only under an lfu policy is that counted.</summary>
    public int AccessCount(Entry entry) => Engine.AccessCounter.CountOf(Databases[Database].AccessClock(entry));

    /// <summary>Bytes that the key costs: entry and its share of the index (MEMORY USAGE).</summary>
    public long MemoryBytes(Entry entry) => Databases[Database].MemoryBytes(entry);

    /// <summary>Number of databases (directive <c>databases</c>).</summary>
    public int DatabaseCount => Databases.Count;

    /// <summary>Keys of a database, expired ones that were not yet deleted included, as in Redis.</summary>
    public long KeyCount(int database) => Databases[database].Count;

    /// <inheritdoc cref="Keyspace.Database.IndexBytes"/>
    public (long Keys, long Expiries) IndexBytes(int database) => Databases[database].IndexBytes;

    public long ExpiryCount(int database) => Databases[database].ExpiryCount;

    /// <summary>Walks the selected database; see <see cref="Keyspace.Database.Scan"/>. Expired keys are visited too: test with <see cref="IsExpired"/>.</summary>
    public ulong Scan<TVisitor>(ulong cursor, int count, ref TVisitor visitor)
        where TVisitor : IEntryVisitor, allows ref struct
    {
        ObserveAll();
        return Databases[Database].Scan(cursor, count, ref visitor);
    }

    public bool IsExpired(Entry entry)
    {
        long expireAt = Databases[Database].ExpireAtMillis(entry);
        return expireAt >= 0 && expireAt < NowMillis;
    }

    /// <summary>Any key of the selected database (it may be expired), or none.</summary>
    public Entry RandomEntry()
    {
        ObserveAll();
        return Databases[Database].Random(Engine.Random);
    }

    private bool FindCollection(scoped in KeyRef key, Keyspace.ValueType type, out CollectionValue value)
    {
        value = default;
        if (!Find(key, out Entry entry))
        {
            return true;
        }

        if (Type(entry) != type)
        {
            Fail(Errors.WrongType);
            return false;
        }

        value = Collection(entry);
        return true;
    }

    private protected void Observe(int database, ulong hash)
    {
        long lsn = Engine.Commit.InFlight.Observe(database, hash);
        if (lsn > ObservedLsn)
        {
            ObservedLsn = lsn;
        }
    }
}
