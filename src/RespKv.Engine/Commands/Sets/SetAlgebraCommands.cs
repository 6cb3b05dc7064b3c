using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Engine.PubSub;
using RespKv.Protocol;
using RespKv.Storage.Mutations;

namespace RespKv.Engine.Commands.Sets;

/// <summary>Sets combined, for a reply or into a key.</summary>
internal static class SetAlgebraCommands
{
    [Command("sinter", -2, CommandFlags.ReadOnly, Keys = "1,-1,1 RO access", Group = "set", Since = "1.0.0",
        Complexity = "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
        Summary = "Intersect multiple sets", Syntax = "key [key ...]", Tips = "nondeterministic_output_order")]
    internal static void SInter(ReadContext c, RequestArgs args) => Reply(c, args, SetAlgebra.Intersect, inOrder: false);

    [Command("sinterstore", -3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 RW update; 2,-1,1 RO access",
        Group = "set", Since = "1.0.0", Complexity = "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
        Summary = "Intersect multiple sets and store the resulting set in a key", Syntax = "destination key [key ...]")]
    internal static void SInterStore(WriteContext c, RequestArgs args) => Store(c, args, SetAlgebra.Intersect, "sinterstore"u8);

    [Command("sintercard", -3, CommandFlags.ReadOnly, Keys = "keynum:1 RO access", Group = "set", Since = "7.0.0",
        Complexity = "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
        Summary = "Intersect multiple sets and return the cardinality of the result", Syntax = "numkeys key [key ...] [LIMIT limit]")]
    internal static void SInterCard(ReadContext c, RequestArgs args)
    {
        if (!RespNumber.TryParseInt64(args[1], out long keyCount) || keyCount < 1)
        {
            c.Fail("ERR numkeys should be greater than 0");
            return;
        }

        if (keyCount > args.Count - 2)
        {
            c.Fail("ERR Number of keys can't be greater than number of args");
            return;
        }

        long limit = 0;
        for (int i = 2 + (int)keyCount; i < args.Count; i += 2)
        {
            if (!args[i].Is("limit"u8) || i + 1 == args.Count)
            {
                c.Fail(Errors.Syntax);
                return;
            }

            if (!RespNumber.TryParseInt64(args[i + 1], out limit) || limit < 0)
            {
                c.Fail("ERR LIMIT can't be negative");
                return;
            }
        }

        if (!SetOperands.TryFind(c, args, 2, (int)keyCount, out SetOperands sets))
        {
            return;
        }

        c.Reply.Integer(SetAlgebra.CountIntersection(sets, limit));
        sets.Dispose();
    }

    [Command("sunion", -2, CommandFlags.ReadOnly, Keys = "1,-1,1 RO access", Group = "set", Since = "1.0.0",
        Complexity = "O(N) where N is the total number of elements in all given sets.", Summary = "Add multiple sets", Syntax = "key [key ...]",
        Tips = "nondeterministic_output_order")]
    internal static void SUnion(ReadContext c, RequestArgs args) => Reply(c, args, SetAlgebra.Unite, inOrder: true);

    [Command("sunionstore", -3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 OW update; 2,-1,1 RO access",
        Group = "set", Since = "1.0.0", Complexity = "O(N) where N is the total number of elements in all given sets.",
        Summary = "Add multiple sets and store the resulting set in a key", Syntax = "destination key [key ...]")]
    internal static void SUnionStore(WriteContext c, RequestArgs args) => Store(c, args, SetAlgebra.Unite, "sunionstore"u8);

    [Command("sdiff", -2, CommandFlags.ReadOnly, Keys = "1,-1,1 RO access", Group = "set", Since = "1.0.0",
        Complexity = "O(N) where N is the total number of elements in all given sets.", Summary = "Subtract multiple sets", Syntax = "key [key ...]",
        Tips = "nondeterministic_output_order")]
    internal static void SDiff(ReadContext c, RequestArgs args) => Reply(c, args, SetAlgebra.Subtract, inOrder: true);

    [Command("sdiffstore", -3, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 OW update; 2,-1,1 RO access",
        Group = "set", Since = "1.0.0", Complexity = "O(N) where N is the total number of elements in all given sets.",
        Summary = "Subtract multiple sets and store the resulting set in a key", Syntax = "destination key [key ...]")]
    internal static void SDiffStore(WriteContext c, RequestArgs args) => Store(c, args, SetAlgebra.Subtract, "sdiffstore"u8);

    private delegate void Operation(in SetOperands sets, ElementBuffer result);

    /// <param name="c">The context.</param>
    /// <param name="args">The request.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="inOrder">A few integers come in their order: Redis collects them in a set of its own, which has it.</param>
    private static void Reply(ReadContext c, RequestArgs args, Operation operation, bool inOrder)
    {
        if (!SetOperands.TryFind(c, args, 1, args.Count - 1, out SetOperands sets))
        {
            return;
        }

        var result = new ElementBuffer();
        operation(sets, result);
        sets.Dispose();
        c.Reply.SetHeader(result.Count);
        if (inOrder && TryReadIntegers(c, result, out long[] integers))
        {
            Array.Sort(integers);
            foreach (long integer in integers)
            {
                c.Reply.BulkInteger(integer);
            }

            return;
        }

        var reader = new ElementReader(result.Bytes);
        while (reader.Read())
        {
            c.Reply.Bulk(reader.Name);
        }
    }

    private static void Store(WriteContext c, RequestArgs args, Operation operation, ReadOnlySpan<byte> eventName)
    {
        if (!SetOperands.TryFind(c, args, 2, args.Count - 2, out SetOperands sets))
        {
            return;
        }

        operation(sets, c.Elements);
        sets.Dispose();
        var destination = new KeyRef(args[1]);
        bool isOverwritten = c.FindUntouched(destination, out _);
        if (c.SetElements(destination, ValueType.Set, c.Elements))
        {
            c.Notify(KeyspaceEvents.Set, eventName, destination);
        }
        else if (isOverwritten)
        {
            c.Notify(KeyspaceEvents.Generic, "del"u8, destination);
        }

        c.Reply.Integer(c.Elements.Count);
    }

    private static bool TryReadIntegers(ReadContext c, ElementBuffer members, out long[] integers)
    {
        integers = [];
        if (members.Count > c.Engine.Databases.Memory.Limits.SetIntegersMax)
        {
            return false;
        }

        integers = new long[members.Count];
        var reader = new ElementReader(members.Bytes);
        for (int i = 0; reader.Read(); i++)
        {
            if (!RespNumber.TryParseInt64(reader.Name, out integers[i]))
            {
                return false;
            }
        }

        return true;
    }
}
