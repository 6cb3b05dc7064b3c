using System.Buffers;
using System.Buffers.Binary;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.HyperLogLogs;

/// <summary>HyperLogLogs: strings that <see cref="HllFormat"/> describes.</summary>
internal static class HllCommands
{
    public const string Corrupted = "INVALIDOBJ Corrupted HLL object detected";

    [Command("pfadd", -2, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.Fast | CommandFlags.StoresValues, Keys = "1,1,1 RW insert",
        Group = "hyperloglog", Since = "2.8.9", Complexity = "O(1) to add every element.",
        Summary = "Adds the specified elements to the specified HyperLogLog.", Syntax = "key [element [element ...]]")]
    internal static void PfAdd(WriteContext c, RequestArgs args)
    {
        var key = new KeyRef(args[1]);
        if (!TryFind(c, key, out Entry entry))
        {
            return;
        }

        using HyperLogLog value = Load(c, entry);
        bool changed = !entry.Exists;
        for (int i = 2; i < args.Count; i++)
        {
            HyperLogLog.Change change = value.Add(args[i]);
            if (change == HyperLogLog.Change.Corrupted)
            {
                c.Fail(Corrupted);
                return;
            }

            changed |= change == HyperLogLog.Change.Raised;
        }

        if (changed)
        {
            value.MarkStale();
            Store(c, key, entry, value);
            c.Notify(KeyspaceEvents.String, "pfadd"u8, key);
        }

        c.Reply.Integer(changed ? 1 : 0);
    }

    [Command("pfcount", -2, CommandFlags.ReadOnly | CommandFlags.MayReplicate, Keys = "1,-1,1 RW access (RW because it may change the internal representation of the key, and propagate to replicas)", Group = "hyperloglog", Since = "2.8.9",
        Complexity = "O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys.",
        Summary = "Return the approximated cardinality of the set(s) observed by the HyperLogLog at key(s).", Syntax = "key [key ...]")]
    internal static void PfCount(WriteContext c, RequestArgs args)
    {
        if (args.Count > 2)
        {
            CountUnion(c, args);
            return;
        }

        var key = new KeyRef(args[1]);
        bool isOne = TryFind(c, key, out Entry entry);
        c.Engine.Stats.CountLookup(entry.Exists);
        if (!isOne)
        {
            return;
        }

        if (!entry.Exists)
        {
            c.Reply.Integer(0);
            return;
        }

        ReadOnlySpan<byte> value = c.StringBytes(entry);
        if (!HyperLogLog.TryCached(value, out long cardinality))
        {
            if (!HllEstimate.TryCount(value, out cardinality))
            {
                c.Fail(Corrupted);
                return;
            }

            KeepCount(c, key, cardinality);
        }

        c.Reply.Integer(cardinality);
    }

    [Command("pfmerge", -2, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 RW access insert; 2,-1,1 RO access",
        Group = "hyperloglog", Since = "2.8.9", Complexity = "O(N) to merge N HyperLogLogs, but with high constant times.",
        Summary = "Merge N different HyperLogLogs into a single one.", Syntax = "destkey [sourcekey [sourcekey ...]]")]
    internal static void PfMerge(WriteContext c, RequestArgs args)
    {
        byte[] registers = ArrayPool<byte>.Shared.Rent(HllFormat.Registers);
        try
        {
            Span<byte> merged = registers.AsSpan(0, HllFormat.Registers);
            if (TryMergeAll(c, args, merged, out bool anyDense))
            {
                StoreMerged(c, new KeyRef(args[1]), merged, anyDense);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(registers);
        }
    }

    /// <summary>Finds a HyperLogLog, or nothing. False: it is something else, and the error has been replied.</summary>
    public static bool TryFind(ReadContext c, in KeyRef key, out Entry entry)
    {
        if (!c.FindString(key, out entry))
        {
            return false;
        }

        if (!entry.Exists || HyperLogLog.IsOne(c.StringBytes(entry)))
        {
            return true;
        }

        c.Fail("WRONGTYPE Key is not a valid HyperLogLog string value.");
        return false;
    }

    /// <summary>A copy of what the key holds; an empty one if it holds nothing.</summary>
    public static HyperLogLog Load(ReadContext c, Entry entry)
        => entry.Exists
            ? HyperLogLog.Copy(c.StringBytes(entry), c.Engine.Config.HllSparseBytesMax)
            : HyperLogLog.Create(c.Engine.Config.HllSparseBytesMax);

    /// <summary>Gives the key the value. To be the command's first mutation.</summary>
    public static void Store(WriteContext c, in KeyRef key, Entry entry, HyperLogLog value)
    {
        c.Engine.Commit.Gate.RequireRoom(RecordBound.OfStore(key.Bytes.Length, value.Length));
        if (!entry.Exists)
        {
            StringEdits.SetRaw(c, key, value.Bytes, Database.NoExpiry);
        }
        else if (!StringEdits.Change(c, key, value.Bytes))
        {
            c.Touch(key);
        }
    }

    /// <summary>
    /// Writes what was counted into the value. That this command is a read by its declaration means that nobody has asked whether there is room: without
    /// it is counted again the next time.
    /// </summary>
    private static void KeepCount(WriteContext c, in KeyRef key, long cardinality)
    {
        if (!c.Engine.Commit.Gate.HasRoom(RecordBound.OfStore(key.Bytes.Length, sizeof(long))))
        {
            return;
        }

        Span<byte> cached = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(cached, cardinality);
        c.WriteRange(key, HllFormat.CardinalityOffset, cached);
    }

    private static void CountUnion(WriteContext c, RequestArgs args)
    {
        byte[] registers = ArrayPool<byte>.Shared.Rent(HllFormat.Registers);
        Span<byte> merged = registers.AsSpan(0, HllFormat.Registers);
        if (TryMergeAll(c, args, merged, out _))
        {
            c.Reply.Integer(HllEstimate.Count(merged));
        }

        ArrayPool<byte>.Shared.Return(registers);
    }

    /// <summary>The registers of all of them together. False: the error has been replied.</summary>
    private static bool TryMergeAll(ReadContext c, RequestArgs args, Span<byte> registers, out bool anyDense)
    {
        registers.Clear();
        anyDense = false;
        for (int i = 1; i < args.Count; i++)
        {
            bool isOne = TryFind(c, new KeyRef(args[i]), out Entry entry);
            c.Engine.Stats.CountLookup(entry.Exists);
            if (!isOne)
            {
                return false;
            }

            if (!entry.Exists)
            {
                continue;
            }

            ReadOnlySpan<byte> value = c.StringBytes(entry);
            anyDense |= value[HllFormat.EncodingOffset] == HllFormat.Dense;
            if (!HyperLogLog.TryMerge(value, registers))
            {
                c.Fail(Corrupted);
                return false;
            }
        }

        return true;
    }

    private static void StoreMerged(WriteContext c, in KeyRef key, ReadOnlySpan<byte> registers, bool asDense)
    {
        c.FindUntouched(key, out Entry entry);
        using HyperLogLog value = Load(c, entry);
        if (asDense && !value.TryMakeDense())
        {
            c.Fail(Corrupted);
            return;
        }

        for (int i = 0; i < registers.Length; i++)
        {
            if (registers[i] > 0)
            {
                value.Raise(i, registers[i]);
            }
        }

        value.MarkStale();
        Store(c, key, entry, value);
        c.Notify(KeyspaceEvents.String, "pfadd"u8, key);
        c.Reply.Ok();
    }
}
