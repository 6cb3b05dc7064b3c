using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Rdb;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Space;

/// <summary>
/// How large the record of a MULTI block can become at most (D11), told before any of it runs: once a command of it has run there is no way
/// back. What a command logs is bounded by its arguments (<see cref="RecordBound"/>), except for those that copy or combine values that are
/// there or name elements that are taken (<see cref="CommandFlags.CopiesValue"/>, <see cref="CommandFlags.StoresValues"/>,
/// <see cref="CommandFlags.MovesElement"/>, <see cref="CommandFlags.RemovesElements"/>); so where a block has one of them, it is followed how long
/// the values of its keys can be by then.
/// </summary>
/// <remarks>
/// Lengths are followed by a key's name alone: which database a command will see depends on the SELECT and SWAPDB before it, so the longest
/// value counts that any database has under the name. For commands that combine values every argument counts as the name of a key, so that it
/// does not matter where a command has its keys.
/// </remarks>
internal sealed class BlockBound
{
    /// <summary>Above anything that a block may have: lengths stop growing there, so that sums do not overflow.</summary>
    private const long LengthMax = 1L << 48;

    /// <summary>How much longer a set can be as a sorted one (ZUNIONSTORE): what takes two bytes and the member's gets a score of eight.</summary>
    private const int ScoredGrowth = 5;

    private readonly Databases _databases;

    /// <summary>By the key's bytes, as Latin-1.</summary>
    private readonly Dictionary<string, ValueBound> _bounds = new(StringComparer.Ordinal);

    private BlockBound(Databases databases)
    {
        _databases = databases;
    }

    /// <summary>In bytes, for the keyspace as it is now. The caller holds the turn.</summary>
    public static long Of(CommandBlock block, Databases databases)
        => block.CopiesValues ? block.RecordBytes + new BlockBound(databases).CopiedBytes(block.Commands) : block.RecordBytes;

    private long CopiedBytes(IReadOnlyList<QueuedCommand> commands)
    {
        long bytes = 0;
        foreach (QueuedCommand command in commands)
        {
            CommandEntry entry = command.Entry;
            RequestArgs args = command.Request.Args;
            if (entry.Has(CommandFlags.CopiesValue))
            {
                bytes += Copy(entry, args);
            }
            else if (entry.Has(CommandFlags.StoresValues))
            {
                bytes += Store(entry, args);
            }
            else if (entry.Has(CommandFlags.MovesElement))
            {
                bytes += Move(entry, args);
            }
            else if (entry.Has(CommandFlags.RemovesElements))
            {
                bytes += Remove(entry, args);
            }
            else if (entry.Has(CommandFlags.Write))
            {
                Change(entry, args);
            }

            bytes = Math.Min(bytes, LengthMax);
        }

        return bytes;
    }

    /// <summary>The first key's value goes to the last one, which is the same key for MOVE. Returns the bound for that.</summary>
    private long Copy(CommandEntry entry, RequestArgs args)
    {
        ReadOnlySpan<byte> source = args[entry.KeySpecs[0].First];
        ReadOnlySpan<byte> destination = args[entry.KeySpecs[^1].First];
        ValueBound value = BoundOf(source);
        Raise(destination, value);
        return RecordBound.OfCopy(source.Length, destination.Length, value.Bytes);
    }

    /// <summary>What is stored is at most all of the values together. Returns the bound for what the command logs beyond its arguments.</summary>
    private long Store(CommandEntry entry, RequestArgs args)
    {
        // A value named twice counts once: a union with itself is no larger.
        long valueBytes = RecordBound.CombinedBytes;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 1; i < args.Count; i++)
        {
            if (names.Add(Encoding.Latin1.GetString(args[i])))
            {
                valueBytes += BoundOf(args[i]).Bytes;
            }
        }

        bool givesScores = entry.Declaration.Group == "sorted-set" && entry.KeySpecs.Count > 1;
        valueBytes = Math.Min(givesScores ? valueBytes * ScoredGrowth : valueBytes, LengthMax);
        var stored = new ValueBound(Math.Min(valueBytes + args.ByteCount, LengthMax));
        bool found = false;
        foreach (KeySpec keys in entry.KeySpecs.Where(spec => spec.Flags.Contains("OW") || spec.Flags.Contains("RW")))
        {
            keys.TryFind(args, out int first, out int last);
            for (int position = first; position <= last; position += keys.Step)
            {
                Raise(args[position], stored);
                found = true;
            }
        }

        // A destination behind a word (SORT key STORE destination) may be any argument but the first.
        for (int i = 2; i < args.Count && !found; i++)
        {
            Raise(args[i], stored);
        }

        return valueBytes;
    }

    /// <summary>An element of the first key's value goes to the last key's. Returns the bound for the element.</summary>
    private long Move(CommandEntry entry, RequestArgs args)
    {
        ValueBound source = BoundOf(args[entry.KeySpecs[0].First]);
        ReadOnlySpan<byte> destination = args[entry.KeySpecs[^1].First];
        long elementBytes = source.ElementBytes;
        ValueBound old = BoundOf(destination);
        Raise(destination, new ValueBound(Math.Min(old.Bytes + elementBytes + RecordBound.ArgumentBytes, LengthMax), Math.Max(old.ElementBytes, elementBytes)));
        return elementBytes;
    }

    /// <summary>
    /// Elements of one of the keys are removed, at most as many as the largest number among the arguments says. Returns the bound for their names.
    /// </summary>
    private long Remove(CommandEntry entry, RequestArgs args)
    {
        long count = 1;
        for (int i = 1; i < args.Count; i++)
        {
            if (RespNumber.TryParseInt64(args[i], out long number))
            {
                count = Math.Clamp(number, count, LengthMax);
            }
        }

        long bytes = 0;
        foreach (KeySpec keys in entry.KeySpecs)
        {
            keys.TryFind(args, out int first, out int last);
            for (int position = first; position <= last; position += keys.Step)
            {
                ValueBound value = BoundOf(args[position]);
                long elementBytes = value.ElementBytes + RecordBound.ArgumentBytes;
                bytes = Math.Max(bytes, count > value.Bytes / elementBytes ? value.Bytes : count * elementBytes);
            }
        }

        return bytes + RecordBound.ArgumentBytes;
    }

    /// <summary>
    /// Whatever the command does to its keys, a string gets no longer than by its longest argument and a number's digits, and a collection than by
    /// all of its arguments.
    /// </summary>
    private void Change(CommandEntry entry, RequestArgs args)
    {
        long longest = 0;
        for (int i = 1; i < args.Count; i++)
        {
            longest = Math.Max(longest, args[i].Length);
        }

        bool changesStrings = entry.Declaration.Group == "string";
        long growthBytes = RecordBound.DerivedBytes + (changesStrings ? longest : args.ByteCount + ((long)args.Count * RecordBound.ArgumentBytes));
        growthBytes += entry.Has(CommandFlags.UnpacksArgument) ? RdbPayloadReader.UnpackedBytes(args[3]) : 0;
        long reachBytes = StringReach.Of(entry, args);
        foreach (KeySpec keys in entry.KeySpecs)
        {
            keys.TryFind(args, out int first, out int last);
            for (int position = first; position <= last; position += keys.Step)
            {
                ReadOnlySpan<byte> key = args[position];
                ValueBound old = BoundOf(key);
                long bytes = Math.Max(old.Bytes, reachBytes) + growthBytes;
                Raise(key, new ValueBound(bytes, Math.Max(old.ElementBytes, longest + RecordBound.DerivedBytes)));
            }
        }
    }

    private void Raise(ReadOnlySpan<byte> key, ValueBound bound)
    {
        ValueBound old = BoundOf(key);
        _bounds[Encoding.Latin1.GetString(key)] = new ValueBound(Math.Max(old.Bytes, bound.Bytes), Math.Max(old.ElementBytes, bound.ElementBytes));
    }

    private ValueBound BoundOf(ReadOnlySpan<byte> key)
    {
        string name = Encoding.Latin1.GetString(key);
        if (!_bounds.TryGetValue(name, out ValueBound bound))
        {
            bound = LongestNow(new KeyRef(key));
            _bounds.Add(name, bound);
        }

        return bound;
    }

    private ValueBound LongestNow(in KeyRef key)
    {
        var longest = new ValueBound(0);
        for (int i = 0; i < _databases.Count; i++)
        {
            Database database = _databases[i];
            Entry entry = database.Find(key.Bytes, key.Hash);
            if (entry.Exists)
            {
                longest = new ValueBound(
                    Math.Max(longest.Bytes, database.LoggedBytes(entry)), Math.Max(longest.ElementBytes, database.LongestElementBytes(entry)));
            }
        }

        return longest;
    }

    /// <param name="Bytes">Of the value as the log would write it, at most.</param>
    /// <param name="ElementBytes">Of its longest element.</param>
    private readonly record struct ValueBound(long Bytes, long ElementBytes)
    {
        public ValueBound(long bytes)
            : this(bytes, bytes)
        {
        }
    }
}
