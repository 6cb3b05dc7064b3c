using System.Text;
using RespKv.Engine.Commands;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.Sessions;
using RespKv.Protocol;

namespace RespKv.Engine.Space;

/// <summary>
/// How large the record of a MULTI block can become at most (D11), told before any of it runs: once a command of it has run there is no way
/// back. What a command logs is bounded by its arguments (<see cref="RecordBound"/>), except for the copy of a value; so where a block copies
/// values, it is followed how long the values of its keys can be by then.
/// </summary>
/// <remarks>
/// Lengths are followed by a key's name alone: which database a command will see depends on the SELECT and SWAPDB before it, so the longest
/// value counts that any database has under the name.
/// </remarks>
internal sealed class BlockBound
{
    private readonly Databases _databases;

    /// <summary>By the key's bytes, as Latin-1: bytes of its value, at most.</summary>
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

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
            if (command.Entry.Has(CommandFlags.CopiesValue))
            {
                bytes += Copy(command.Entry, command.Request.Args);
            }
            else if (command.Entry.Has(CommandFlags.Write))
            {
                Change(command.Entry, command.Request.Args);
            }
        }

        return bytes;
    }

    /// <summary>The first key's value goes to the last one, which is the same key for MOVE. Returns the bound for that.</summary>
    private long Copy(CommandEntry entry, RequestArgs args)
    {
        ReadOnlySpan<byte> source = args[entry.KeySpecs[0].First];
        ReadOnlySpan<byte> destination = args[entry.KeySpecs[^1].First];
        long valueBytes = LengthOf(source);
        Raise(destination, valueBytes);
        return RecordBound.OfCopy(source.Length, destination.Length, valueBytes);
    }

    /// <summary>Whatever the command does to its keys, a value gets no longer than by its longest argument and a number's digits.</summary>
    private void Change(CommandEntry entry, RequestArgs args)
    {
        long growthBytes = RecordBound.DerivedBytes;
        for (int i = 1; i < args.Count; i++)
        {
            growthBytes = Math.Max(growthBytes, RecordBound.DerivedBytes + (long)args[i].Length);
        }

        foreach (KeySpec keys in entry.KeySpecs)
        {
            foreach (int position in keys.Positions(args.Count))
            {
                ReadOnlySpan<byte> key = args[position];
                long length = LengthOf(key);
                if (entry.Name == "setrange" && RespNumber.TryParseInt64(args[2], out long offset))
                {
                    // But for the zeros that it puts in front. What is longer than strings may be is refused when it runs.
                    length = Math.Max(length, Math.Min(offset, Array.MaxLength));
                }

                Raise(key, length + growthBytes);
            }
        }
    }

    private void Raise(ReadOnlySpan<byte> key, long length)
    {
        if (length > LengthOf(key))
        {
            _lengths[Encoding.Latin1.GetString(key)] = length;
        }
    }

    private long LengthOf(ReadOnlySpan<byte> key)
    {
        string name = Encoding.Latin1.GetString(key);
        if (!_lengths.TryGetValue(name, out long length))
        {
            length = LongestNow(new KeyRef(key));
            _lengths.Add(name, length);
        }

        return length;
    }

    private long LongestNow(in KeyRef key)
    {
        long longest = 0;
        for (int i = 0; i < _databases.Count; i++)
        {
            Entry entry = _databases[i].Find(key.Bytes, key.Hash);
            longest = Math.Max(longest, entry.Exists ? _databases[i].StringLength(entry) : 0);
        }

        return longest;
    }
}
