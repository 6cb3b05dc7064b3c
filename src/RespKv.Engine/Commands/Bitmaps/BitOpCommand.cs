using System.Runtime.InteropServices;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Engine.Space;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Bitmaps;

/// <summary>BITOP: strings combined bit by bit.</summary>
internal static class BitOpCommand
{
    private const int FirstSource = 3;

    private enum Operation
    {
        And,
        Or,
        Xor,
        Not,
    }

    [Command("bitop", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "2,2,1 OW update; 3,-1,1 RO access",
        Group = "bitmap", Since = "2.6.0", Complexity = "O(N)", Summary = "Perform bitwise operations between strings",
        Syntax = "operation destkey key [key ...]")]
    internal static void BitOp(WriteContext c, RequestArgs args)
    {
        if (!TryOperation(args[1], out Operation operation))
        {
            c.Fail(Errors.Syntax);
            return;
        }

        if (operation == Operation.Not && args.Count != FirstSource + 1)
        {
            c.Fail("ERR BITOP NOT must be called with a single source key.");
            return;
        }

        if (!TryFindSources(c, args, out int length))
        {
            return;
        }

        var destination = new KeyRef(args[2]);
        if (length == 0)
        {
            if (c.Delete(destination))
            {
                c.Notify(KeyspaceEvents.Generic, "del"u8, destination);
            }
        }
        else
        {
            c.Engine.Commit.Gate.RequireRoom(RecordBound.OfStore(2 * args[2].Length, length));
            StringEdits.SetRaw(c, destination, Combine(c, args, operation, length), Database.NoExpiry);
            c.Notify(KeyspaceEvents.String, "set"u8, destination);
        }

        c.Reply.Integer(length);
    }

    private static bool TryOperation(ReadOnlySpan<byte> argument, out Operation operation)
    {
        operation = argument.Is("and"u8) ? Operation.And : argument.Is("or"u8) ? Operation.Or : argument.Is("xor"u8) ? Operation.Xor : Operation.Not;
        return operation != Operation.Not || argument.Is("not"u8);
    }

    /// <summary>Looks all of them up: one that has expired goes, which moves others, so no bytes are read yet. False: the error has been replied.</summary>
    private static bool TryFindSources(WriteContext c, RequestArgs args, out int length)
    {
        length = 0;
        for (int i = FirstSource; i < args.Count; i++)
        {
            if (!c.FindString(new KeyRef(args[i]), out Entry entry))
            {
                return false;
            }

            c.Engine.Stats.CountLookup(entry.Exists);
            length = Math.Max(length, entry.Exists ? (int)c.StringLength(entry) : 0);
        }

        return true;
    }

    private static byte[] Combine(WriteContext c, RequestArgs args, Operation operation, int length)
    {
        var result = new byte[length];
        for (int i = FirstSource; i < args.Count; i++)
        {
            ReadOnlySpan<byte> source = c.FindUntouched(new KeyRef(args[i]), out Entry entry) ? c.StringBytes(entry) : default;
            if (i == FirstSource)
            {
                source.CopyTo(result);
            }
            else
            {
                // A string that is shorter goes on with zeros, which only AND minds.
                Combine(result.AsSpan(0, source.Length), source, operation);
                if (operation == Operation.And)
                {
                    result.AsSpan(source.Length).Clear();
                }
            }
        }

        if (operation == Operation.Not)
        {
            Invert(result);
        }

        return result;
    }

    private static void Combine(Span<byte> target, ReadOnlySpan<byte> source, Operation operation)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(target);
        ReadOnlySpan<ulong> others = MemoryMarshal.Cast<byte, ulong>(source);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = operation switch
            {
                Operation.And => words[i] & others[i],
                Operation.Or => words[i] | others[i],
                _ => words[i] ^ others[i],
            };
        }

        for (int i = words.Length * sizeof(ulong); i < target.Length; i++)
        {
            target[i] = operation switch
            {
                Operation.And => (byte)(target[i] & source[i]),
                Operation.Or => (byte)(target[i] | source[i]),
                _ => (byte)(target[i] ^ source[i]),
            };
        }
    }

    private static void Invert(Span<byte> target)
    {
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(target))
        {
            word = ~word;
        }

        for (int i = target.Length - (target.Length % sizeof(ulong)); i < target.Length; i++)
        {
            target[i] = (byte)~target[i];
        }
    }
}
