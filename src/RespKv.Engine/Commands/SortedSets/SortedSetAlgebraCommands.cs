using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>Unions, intersections and differences of sorted sets, and of sets, whose members count 1 each.</summary>
internal static class SortedSetAlgebraCommands
{
    [Command("zunion", -3, CommandFlags.ReadOnly, Keys = "keynum:1 RO access", Group = "sorted-set", Since = "6.2.0",
        Complexity = "O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
        Summary = "Add multiple sorted sets",
        Syntax = "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]")]
    internal static void ZUnion(ReadContext c, RequestArgs args) => Tell(c, args, SetOperation.Union);

    [Command("zinter", -3, CommandFlags.ReadOnly, Keys = "keynum:1 RO access", Group = "sorted-set", Since = "6.2.0",
        Complexity = "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
        Summary = "Intersect multiple sorted sets",
        Syntax = "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]")]
    internal static void ZInter(ReadContext c, RequestArgs args) => Tell(c, args, SetOperation.Intersection);

    [Command("zdiff", -3, CommandFlags.ReadOnly, Keys = "keynum:1 RO access", Group = "sorted-set", Since = "6.2.0",
        Complexity = "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
        Summary = "Subtract multiple sorted sets", Syntax = "numkeys key [key ...] [WITHSCORES]")]
    internal static void ZDiff(ReadContext c, RequestArgs args) => Tell(c, args, SetOperation.Difference);

    [Command("zintercard", -3, CommandFlags.ReadOnly, Keys = "keynum:1 RO access", Group = "sorted-set", Since = "7.0.0",
        Complexity = "O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.",
        Summary = "Intersect multiple sorted sets and return the cardinality of the result", Syntax = "numkeys key [key ...] [LIMIT limit]")]
    internal static void ZInterCard(ReadContext c, RequestArgs args)
    {
        if (!AlgebraOptions.TryParse(c, args, 1, SetOperation.Cardinality, out AlgebraOptions? options))
        {
            return;
        }

        c.Reply.Integer(new SortedSetAlgebra(c, options).Cardinality());
    }

    [Command("zunionstore", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 OW update; keynum:2 RO access",
        Group = "sorted-set", Since = "2.0.0",
        Complexity = "O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
        Summary = "Add multiple sorted sets and store the resulting sorted set in a new key",
        Syntax = "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]")]
    internal static void ZUnionStore(WriteContext c, RequestArgs args) => Store(c, args, SetOperation.Union);

    [Command("zinterstore", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 OW update; keynum:2 RO access",
        Group = "sorted-set", Since = "2.0.0",
        Complexity = "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
        Summary = "Intersect multiple sorted sets and store the resulting sorted set in a new key",
        Syntax = "destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]")]
    internal static void ZInterStore(WriteContext c, RequestArgs args) => Store(c, args, SetOperation.Intersection);

    [Command("zdiffstore", -4, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 OW update; keynum:2 RO access",
        Group = "sorted-set", Since = "6.2.0",
        Complexity = "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
        Summary = "Subtract multiple sorted sets and store the resulting sorted set in a new key", Syntax = "destination numkeys key [key ...]")]
    internal static void ZDiffStore(WriteContext c, RequestArgs args) => Store(c, args, SetOperation.Difference);

    private static void Tell(ReadContext c, RequestArgs args, SetOperation operation)
    {
        if (!AlgebraOptions.TryParse(c, args, 1, operation, out AlgebraOptions? options))
        {
            return;
        }

        ScoreTable result = new SortedSetAlgebra(c, options).Compute(operation);
        SortedSetElements.ReplyHeader(c, result.Count, options.WithScores);
        for (int i = 0; i < result.Count; i++)
        {
            SortedSetElements.Reply(c, result.Member(i), result.Score(i), options.WithScores);
        }

        result.Clear();
    }

    private static void Store(WriteContext c, RequestArgs args, SetOperation operation)
    {
        if (!AlgebraOptions.TryParse(c, args, 2, operation, out AlgebraOptions? options))
        {
            return;
        }

        ScoreTable result = new SortedSetAlgebra(c, options).Compute(operation);
        bool isCompact = SortedSetElements.AreFew(c, result.Count);
        for (int i = 0; i < result.Count; i++)
        {
            SortedSetElements.Add(c, result.Member(i), result.Score(i), isCompact);
        }

        result.Clear();
        ReadOnlySpan<byte> eventName = operation switch
        {
            SetOperation.Union => "zunionstore"u8,
            SetOperation.Intersection => "zinterstore"u8,
            _ => "zdiffstore"u8,
        };
        SortedSetElements.Store(c, new KeyRef(args[1]), eventName);
    }
}
