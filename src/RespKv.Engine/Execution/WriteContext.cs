using RespKv.Engine.Keyspace.Collections;
using RespKv.Engine.Sessions;
using RespKv.Engine.Space;
using RespKv.Protocol;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Execution;

/// <summary>
/// What a write command may do. Each method emits one mutation into the command's WAL record and applies it to the keyspace,
/// in one call, so that memory and log cannot part (decision 1). All mutations of a command are one record, one LSN (decision 2).
/// A handler validates first and mutates then: once a mutation is emitted the command must go through.
/// </summary>
internal sealed class WriteContext(RespEngine engine, RespWriter? reply = null) : ReadContext(engine, reply)
{
    private bool _hasRoom;

    private protected override bool CountsLookups => false;

    /// <summary>Creates the key or replaces it whole. <paramref name="expireAtMillis"/> -1: no expiry. The value must not lie in the slab.</summary>
    public void SetString(in KeyRef key, ReadOnlySpan<byte> value, long expireAtMillis = -1) => SetString(Database, key, value, expireAtMillis);

    /// <inheritdoc cref="SetString(in KeyRef, ReadOnlySpan{byte}, long)"/>
    public void SetString(int database, in KeyRef key, ReadOnlySpan<byte> value, long expireAtMillis)
        => Engine.Mutator.SetString(database, key, value, expireAtMillis);

    /// <summary>Sets the decimal text of <paramref name="value"/>.</summary>
    public void SetInteger(in KeyRef key, long value, long expireAtMillis = -1) => Engine.Mutator.SetInteger(Database, key, value, expireAtMillis);

    /// <summary>Overwrites part of a string, extending it with zeros; creates the key when missing; keeps the expiry.</summary>
    public void WriteRange(in KeyRef key, long offset, ReadOnlySpan<byte> bytes) => Engine.Mutator.WriteRange(Database, key, offset, bytes);

    /// <summary>Deletes the key if it is there. False, and nothing logged, when it is not.</summary>
    public bool Delete(in KeyRef key) => Delete(Database, key);

    /// <inheritdoc cref="Delete(in KeyRef)"/>
    public bool Delete(int database, in KeyRef key) => Engine.Mutator.Delete(database, key);

    /// <summary>Sets or (-1) removes the expiry of an existing key.</summary>
    public void SetExpiry(in KeyRef key, long expireAtMillis) => Engine.Mutator.SetExpiry(Database, key, expireAtMillis);

    /// <summary>The key counts as last used so long ago (RESTORE ... IDLETIME). Nothing under an lfu policy. Not logged: a restart forgets it.</summary>
    public void SetIdleSeconds(in KeyRef key, long seconds)
    {
        if (Databases.Memory.Counter is null)
        {
            SetAccessClock(key, (uint)(Engine.AccessClock - seconds) & 0xFF_FFFF);
        }
    }

    /// <summary>The key counts as used so often, 0 to 255 (RESTORE ... FREQ). Nothing under other policies than lfu. Not logged: a restart forgets it.</summary>
    public void SetAccessCount(in KeyRef key, int count)
    {
        if (Databases.Memory.Counter is { } counter)
        {
            SetAccessClock(key, counter.Clock(count));
        }
    }

    private void SetAccessClock(in KeyRef key, uint clock)
    {
        Keyspace.Database keys = Databases[Database];
        if (keys.Find(key.Bytes, key.Hash) is { Exists: true } entry)
        {
            keys.SetAccessClock(entry, clock);
        }
    }

    /// <summary>FLUSHDB.</summary>
    public void ClearDatabase(int database) => Engine.Mutator.ClearDatabase(database);

    /// <summary>FLUSHALL.</summary>
    public void ClearAll() => Engine.Mutator.ClearAll();

    public void SwapDatabases(int first, int second) => Engine.Mutator.SwapDatabases(first, second, NowMillis);

    /// <summary>The command has set what the key holds already: nothing to log, but whoever watches the key is told, as in Redis.</summary>
    public void Touch(in KeyRef key) => Engine.Mutator.Touch(Database, key);

    /// <summary>
    /// For the elements that a command writes: names and values for <see cref="PutElements"/>, names alone for <see cref="RemoveElements"/>.
    /// Empty when the command begins.
    /// </summary>
    public ElementBuffer Elements { get; } = new();

    /// <summary>
    /// Sets elements of a hash (field, value), a set (member, nothing) or a sorted set (member, <see cref="SortedSetScore"/>), in their
    /// order; creates the key when it is missing. The command has looked that the key holds nothing else, and leaves out what is there already.
    /// Lists have methods of their own.
    /// </summary>
    /// <returns>How many are new.</returns>
    /// <exception cref="NoRoomException">There is no room for the record, or the collection would become too large; nothing was changed.</exception>
    public long PutElements(in KeyRef key, Keyspace.ValueType type, ElementBuffer elements)
    {
        Require(key, elements.ByteCount, grows: true);
        return Engine.Mutator.PutElements(Database, key, type, elements.Bytes);
    }

    /// <summary>Removes elements of a hash, set or sorted set; the key is deleted with the last one.</summary>
    /// <returns>How many were there.</returns>
    /// <exception cref="NoRoomException">There is no room for the record; nothing was changed.</exception>
    public long RemoveElements(in KeyRef key, Keyspace.ValueType type, ElementBuffer names)
    {
        Require(key, names.ByteCount, grows: false);
        return Engine.Mutator.RemoveElements(Database, key, type, names.Bytes);
    }

    /// <summary>
    /// Replaces a key by a hash, set or sorted set with just these elements (none: deletes it). <paramref name="expireAtMillis"/> -1: no expiry.
    /// </summary>
    /// <returns>Whether the key is there afterwards.</returns>
    /// <exception cref="NoRoomException">There is no room for the record; nothing was changed.</exception>
    public bool SetElements(in KeyRef key, Keyspace.ValueType type, ElementBuffer elements, long expireAtMillis = -1)
    {
        Require(key, elements.ByteCount, grows: elements.Count > 0);
        Delete(key);
        if (elements.Count == 0)
        {
            return false;
        }

        Engine.Mutator.PutElements(Database, key, type, elements.Bytes);
        if (expireAtMillis >= 0)
        {
            SetExpiry(key, expireAtMillis);
        }

        return true;
    }

    /// <summary>As <see cref="SetElements"/>, with the values of a list in their order (<see cref="ElementBuffer.AddName"/>).</summary>
    /// <exception cref="NoRoomException">There is no room for the record; nothing was changed.</exception>
    public bool SetList(in KeyRef key, ElementBuffer values, long expireAtMillis = -1)
    {
        Require(key, PositionedBytes(values), grows: values.Count > 0);
        Delete(key);
        if (values.Count == 0)
        {
            return false;
        }

        Engine.Lists.Push(Database, key, first: false, values.Bytes);
        if (expireAtMillis >= 0)
        {
            SetExpiry(key, expireAtMillis);
        }

        return true;
    }

    /// <summary>Pushes values (<see cref="ElementBuffer.AddName"/>) one after the other; creates the list when it is missing. Returns its length.</summary>
    /// <exception cref="NoRoomException">There is no room for the record, or the list would become too large; nothing was changed.</exception>
    public long ListPush(in KeyRef key, bool first, ElementBuffer values)
    {
        Require(key, PositionedBytes(values), grows: true);
        return Engine.Lists.Push(Database, key, first, values.Bytes);
    }

    /// <summary>Removes elements at one end of a list, as many as there are at most; the key is deleted with the last one.</summary>
    /// <exception cref="NoRoomException">There is no room for the record; nothing was changed.</exception>
    public void ListRemove(in KeyRef key, bool first, long count)
    {
        Require(key, count * (ListPosition.Bytes + 1), grows: false);
        Engine.Lists.Remove(Database, key, first, count);
    }

    /// <summary>
    /// Moves the element at one end of a list to an end of another one, or to the other end of the same one, which then has more than one. The
    /// key that it leaves is deleted with its last element.
    /// </summary>
    /// <param name="source">A list that is there.</param>
    /// <param name="fromFirst">From which end.</param>
    /// <param name="destination">A list, or missing.</param>
    /// <param name="toFirst">To which end.</param>
    /// <param name="value">A copy of the element.</param>
    /// <exception cref="NoRoomException">There is no room for the record, or the list would become too large; nothing was changed.</exception>
    public void ListMove(in KeyRef source, bool fromFirst, in KeyRef destination, bool toFirst, ElementBuffer value)
    {
        long valueBytes = PositionedBytes(value);
        CollectionLimit.Check(Databases, Database, destination, valueBytes);
        RequireRoom(RecordBound.OfElements(source.Bytes.Length, ListPosition.Bytes + 1L) + RecordBound.OfElements(destination.Bytes.Length, valueBytes), grows: true);
        if (source.Bytes.SequenceEqual(destination.Bytes))
        {
            Engine.Lists.Push(Database, destination, toFirst, value.Bytes);
            Engine.Lists.Remove(Database, source, fromFirst, 1);
        }
        else
        {
            Engine.Lists.Remove(Database, source, fromFirst, 1);
            Engine.Lists.Push(Database, destination, toFirst, value.Bytes);
        }
    }

    /// <summary>Sets the element at an index that is there.</summary>
    public void ListSet(in KeyRef key, long index, ReadOnlySpan<byte> value)
    {
        Require(key, ListPosition.Bytes + (long)value.Length, grows: true);
        Engine.Lists.Set(Database, key, index, value);
    }

    /// <summary>Inserts an element before an index of a list that is there, 0 to its count. The value must not lie in the database.</summary>
    /// <exception cref="NoRoomException">There is no room for the record, which says of each element of the shorter side where it is then; nothing was changed.</exception>
    public void ListInsert(in KeyRef key, long index, ReadOnlySpan<byte> value)
    {
        Require(key, Engine.Lists.InsertBytes(Database, key, index, value.Length), grows: true);
        Engine.Lists.Insert(Database, key, index, value);
    }

    /// <summary>Removes the elements at these indexes, one or more, ascending; the key is deleted with the last one.</summary>
    /// <exception cref="NoRoomException">There is no room for the record, as for <see cref="ListInsert"/>; nothing was changed.</exception>
    public void ListRemoveAt(in KeyRef key, ReadOnlySpan<long> indexes)
    {
        Require(key, Engine.Lists.RemoveAtBytes(Database, key, indexes), grows: false);
        Engine.Lists.RemoveAt(Database, key, indexes);
    }

    internal override void Begin(Session session, long nowMillis)
    {
        base.Begin(session, nowMillis);
        _hasRoom = false;
        if (Elements.ByteCount > 0)
        {
            Elements.Clear();
        }
    }

    /// <summary>
    /// Asks for the room of all that the command will log, when that is more than one of the methods above asks for: to be called before the
    /// first of them. In bytes, beside the keys.
    /// </summary>
    /// <param name="recordBytes">Elements, as an <see cref="ElementBuffer"/> counts them.</param>
    /// <param name="grows">The command makes the data grow; false: it may use the reserve.</param>
    /// <exception cref="NoRoomException">There is none now, or none at all; nothing was changed.</exception>
    public void RequireRoom(long recordBytes, bool grows)
    {
        Engine.Commit.Gate.RequireRoom(recordBytes, grows);
        _hasRoom = true;
    }

    private void Require(in KeyRef key, long elementBytes, bool grows)
    {
        if (_hasRoom)
        {
            return;
        }

        if (grows)
        {
            CollectionLimit.Check(Databases, Database, key, elementBytes);
        }

        RequireRoom(RecordBound.OfElements(key.Bytes.Length, elementBytes), grows);
    }

    private static long PositionedBytes(ElementBuffer values) => values.ByteCount + ((ListPosition.Bytes + 1L) * values.Count);

    /// <summary>
    /// Copies the value of an existing key, whatever its type, over <paramref name="destination"/>. The source stays;
    /// the destination gets <paramref name="expireAtMillis"/>.
    /// </summary>
    public void CopyValue(int sourceDatabase, in KeyRef source, int destinationDatabase, in KeyRef destination, long expireAtMillis)
        => Engine.Mutator.CopyValue(sourceDatabase, source, destinationDatabase, destination, expireAtMillis);

    /// <summary>
    /// The command found nothing in its keys and waits until one of them has something: see <see cref="KeyWait"/>. To be the last thing that a
    /// handler does, and not inside a MULTI block.
    /// </summary>
    /// <param name="wait">What is done then.</param>
    /// <param name="args">The command.</param>
    /// <param name="firstKey">The position of its first key.</param>
    /// <param name="keyCount">How many keys there are from there on.</param>
    /// <param name="deadlineMillis">Unix milliseconds, -1: none.</param>
    public void WaitForKeys(KeyWait wait, RequestArgs args, int firstKey, int keyCount, long deadlineMillis)
    {
        wait.Session = Session;
        wait.Entry = Engine.Commands.Find(args[0])!;
        wait.Request = StoredRequest.Copy(args);
        Suspend(new Suspension((c, end) => EndWait(c, wait, end), deadlineMillis, CanBeUnblocked: true, Wait: wait));
        Engine.Mutator.Blocked.Add(wait, Database, args, firstKey, keyCount);
    }

    private static void EndWait(ReadContext c, KeyWait wait, SuspensionEnd end)
    {
        // That there is nothing in the keys is what their last changes have left, which may not be durable yet (D1).
        c.ObserveAll();
        if (end == SuspensionEnd.Unblocked)
        {
            c.Fail("UNBLOCKED client unblocked via CLIENT UNBLOCK");
        }
        else
        {
            wait.TimeOut(c);
        }
    }
}
