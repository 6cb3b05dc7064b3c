using RespKv.Engine.Commit;
using RespKv.Engine.KeyOrder;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.PubSub;
using RespKv.Engine.Space;
using RespKv.Engine.Tracking;
using RespKv.Storage.Mutations;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Execution;

/// <summary>
/// The one way to change keys while the server runs: each method appends one mutation to the open record (opening it if need be),
/// applies it, and notes the key as in flight, so that no reply can show it before it is durable (D1). Guarded by the turn.
/// </summary>
internal sealed class Mutator(Databases databases, CommitPipeline commit, Notifications notifications, KeyTracking tracking)
{
    private readonly ElementBuffer _elements = new();

    private WalBatch Fill => commit.Fill;

    /// <summary>Told of every key before it comes into being, and of what touches whole databases. Off unless keys are walked in order.</summary>
    public KeyCapture Capture { get; } = new();

    /// <summary>Told of every change before it is applied. Off unless a client watches a key.</summary>
    public KeyWatches Watches { get; } = new(databases);

    /// <summary>Told of every key that may get something. Off unless a client waits for a key.</summary>
    public BlockedKeys Blocked { get; } = new(databases);

    public void SetString(int database, in KeyRef key, ReadOnlySpan<byte> value, long expireAtMillis)
    {
        MutationWriter.Set(Open(database, key), database, key.Bytes, value, expireAtMillis);
        databases[database].SetString(key.Bytes, key.Hash, value, expireAtMillis);
    }

    public void SetInteger(int database, in KeyRef key, long value, long expireAtMillis)
    {
        Span<byte> text = stackalloc byte[32];
        int length = Protocol.RespNumber.FormatInt64(value, text);
        MutationWriter.Set(Open(database, key), database, key.Bytes, text[..length], expireAtMillis);
        databases[database].SetInteger(key.Bytes, key.Hash, value, expireAtMillis);
    }

    public void WriteRange(int database, in KeyRef key, long offset, ReadOnlySpan<byte> bytes)
    {
        MutationWriter.WriteRange(Open(database, key), database, key.Bytes, offset, bytes);
        databases[database].WriteRange(key.Bytes, key.Hash, offset, bytes);
    }

    public bool Delete(int database, in KeyRef key)
    {
        Database keys = databases[database];
        if (!keys.Find(key.Bytes, key.Hash).Exists)
        {
            return false;
        }

        // The record first: the key's bytes may be those of the entry that is about to be freed.
        MutationWriter.Delete(Open(database, key, deletes: true), database, key.Bytes);
        keys.Delete(key.Bytes, key.Hash);
        return true;
    }

    public void SetExpiry(int database, in KeyRef key, long expireAtMillis)
    {
        MutationWriter.SetExpiry(Open(database, key), database, key.Bytes, expireAtMillis);
        databases[database].SetExpiry(key.Bytes, key.Hash, expireAtMillis);
    }

    /// <summary>Sets elements of a collection, in their order; creates the key when it is missing. Returns how many are new.</summary>
    public long PutElements(int database, in KeyRef key, ValueType type, ReadOnlySpan<byte> elements)
    {
        LogPut(database, key, type, elements);
        return databases[database].Collections.Put(key.Bytes, key.Hash, type, elements);
    }

    /// <summary>Removes elements of a collection, a list's at its ends only; the key is deleted with the last one. Returns how many were there.</summary>
    public long RemoveElements(int database, in KeyRef key, ValueType type, ReadOnlySpan<byte> names)
    {
        LogRemove(database, key, type, names);
        Database keys = databases[database];
        long removed = keys.Collections.Remove(key.Bytes, key.Hash, type, names);
        DeleteIfEmpty(database, key);
        return removed;
    }

    /// <summary>Logs what the caller applies: for lists, whose elements move without being written anew in memory.</summary>
    public void LogPut(int database, in KeyRef key, ValueType type, ReadOnlySpan<byte> elements)
        => MutationWriter.PutElements(Open(database, key), database, key.Bytes, (byte)type, elements);

    /// <inheritdoc cref="LogPut"/>
    public void LogRemove(int database, in KeyRef key, ValueType type, ReadOnlySpan<byte> names)
        => MutationWriter.RemoveElements(Open(database, key, deletes: true), database, key.Bytes, (byte)type, names);

    /// <summary>A collection without elements is none: its deletion is a mutation of its own.</summary>
    public void DeleteIfEmpty(int database, in KeyRef key)
    {
        Database keys = databases[database];
        Entry entry = keys.Find(key.Bytes, key.Hash);
        if (entry.Exists && keys.Collections.Read(entry).Count == 0)
        {
            Delete(database, key);
        }
    }

    /// <summary>A command has set what is there already: nothing to log, but a change to those who watch the key.</summary>
    public void Touch(int database, in KeyRef key)
    {
        if (Watches.IsOn)
        {
            Watches.Changing(database, key, deletes: false, lsn: null);
        }

        if (tracking.IsOn)
        {
            tracking.Changing(key);
        }
    }

    public void ClearDatabase(int database)
    {
        if (Watches.IsOn)
        {
            Watches.Clearing(database, Fill.LastLsn + 1);
        }

        MutationWriter.ClearDatabase(OpenAll(), database);
        databases[database].Clear();
        tracking.Flushed();
    }

    public void ClearAll()
    {
        for (int database = 0; Watches.IsOn && database < databases.Count; database++)
        {
            Watches.Clearing(database, Fill.LastLsn + 1);
        }

        MutationWriter.ClearAll(OpenAll());
        databases.ClearAll();
        tracking.Flushed();
    }

    public void SwapDatabases(int first, int second, long nowMillis)
    {
        if (Watches.IsOn)
        {
            Watches.Swapping(first, second, Fill.LastLsn + 1, nowMillis);
        }

        MutationWriter.SwapDatabases(OpenAll(), first, second);
        databases.Swap(first, second);
        if (Blocked.IsOn)
        {
            Blocked.Swapped(first, second);
        }
    }

    /// <summary>To be a command's first mutation: its record may be larger than the arguments say (D11).</summary>
    /// <exception cref="NoRoomException">There is no room for it; nothing was changed.</exception>
    public void CopyValue(int sourceDatabase, in KeyRef source, int destinationDatabase, in KeyRef destination, long expireAtMillis)
    {
        // Out of the slab first: setting the destination may move what the span points into.
        Database from = databases[sourceDatabase];
        Entry entry = from.Find(source.Bytes, source.Hash);
        if (from.Type(entry) != ValueType.String)
        {
            CopyCollection(from, entry, source, destinationDatabase, destination, expireAtMillis);
            return;
        }

        commit.Gate.RequireRoom(RecordBound.OfCopy(source.Bytes.Length, destination.Bytes.Length, from.LoggedBytes(entry)));
        Span<byte> scratch = stackalloc byte[32];
        byte[] value = from.StringBytes(entry, scratch).ToArray();
        SetString(destinationDatabase, destination, value, expireAtMillis);
    }

    private void CopyCollection(Database from, Entry entry, in KeyRef source, int destinationDatabase, in KeyRef destination, long expireAtMillis)
    {
        ValueType type = from.Type(entry);
        CollectionValue value = from.Collections.Read(entry);
        bool isConverted = value.IsConverted;
        commit.Gate.RequireRoom(RecordBound.OfCopy(source.Bytes.Length, 2 * destination.Bytes.Length, value.ContentBytes));
        CollectionCopy.Fill(_elements, type, value);
        Delete(destinationDatabase, destination);
        PutElements(destinationDatabase, destination, type, _elements.Bytes);
        _elements.Clear();
        Database to = databases[destinationDatabase];
        if (isConverted)
        {
            to.Collections.MarkConverted(to.Find(destination.Bytes, destination.Hash));
        }

        if (expireAtMillis >= 0)
        {
            SetExpiry(destinationDatabase, destination, expireAtMillis);
        }
    }

    private WalBatch Open(int database, in KeyRef key, bool deletes = false)
    {
        WalBatch fill = Fill;
        if (!fill.RecordOpen)
        {
            fill.BeginRecord();
        }

        commit.InFlight.Note(database, key.Hash, fill.LastLsn + 1);
        if (Capture.IsOn && !deletes)
        {
            NoteForCapture(database, key);
        }

        if (Watches.IsOn)
        {
            Watches.Changing(database, key, deletes, fill.LastLsn + 1);
        }

        if (tracking.IsOn)
        {
            tracking.Changing(key);
        }

        if (notifications.Mask != KeyspaceEvents.None && !deletes)
        {
            notifications.Writing(databases[database], database, key);
        }

        if (Blocked.IsOn && !deletes)
        {
            Blocked.Changing(database, key);
        }

        return fill;
    }

    /// <summary>A key with an expiry may be one that is overwritten after it has run out, which makes it a new one.</summary>
    private void NoteForCapture(int database, in KeyRef key)
    {
        Database keys = databases[database];
        Entry entry = keys.Find(key.Bytes, key.Hash);
        if (!entry.Exists || keys.ExpireAtMillis(entry) >= 0)
        {
            Capture.Note(database, key.Bytes);
        }
    }

    private WalBatch OpenAll()
    {
        WalBatch fill = Fill;
        if (!fill.RecordOpen)
        {
            fill.BeginRecord();
        }

        commit.InFlight.NoteAll(fill.LastLsn + 1);
        Capture.NoteStructural();
        return fill;
    }
}
