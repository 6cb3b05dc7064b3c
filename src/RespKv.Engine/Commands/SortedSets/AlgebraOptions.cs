using System.Diagnostics.CodeAnalysis;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

internal enum SetOperation : byte
{
    Union,
    Intersection,
    Difference,

    /// <summary>The size of an intersection.</summary>
    Cardinality,
}

/// <summary>How the scores that a member has in several sets become one.</summary>
internal enum Aggregate : byte
{
    Sum,
    Min,
    Max,
}

/// <summary>A set or sorted set that takes part.</summary>
/// <param name="Entry">Its key; it may be missing.</param>
/// <param name="Count">How many members it has.</param>
/// <param name="IsSorted">It has scores; those of a set are 1.</param>
/// <param name="Weight">What its scores are multiplied by.</param>
internal readonly record struct AlgebraSource(Entry Entry, long Count, bool IsSorted, double Weight);

/// <summary>What ZUNION and its relatives are told: which keys, and what comes behind them.</summary>
internal sealed class AlgebraOptions
{
    private AlgebraOptions(AlgebraSource[] sources)
    {
        Sources = sources;
    }

    /// <summary>In the order of the arguments. Valid until the next mutation.</summary>
    public AlgebraSource[] Sources { get; }

    public Aggregate Aggregate { get; private set; }

    public bool WithScores { get; private set; }

    /// <summary>ZINTERCARD stops counting there; 0: never.</summary>
    public long Limit { get; private set; }

    /// <param name="c">The running command.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="position">Where the number of keys stands; in front of it is a destination, or the command's name.</param>
    /// <param name="operation">What the command does.</param>
    /// <param name="options">What it was told.</param>
    /// <returns>False: the error has been replied.</returns>
    public static bool TryParse(ReadContext c, RequestArgs args, int position, SetOperation operation, [NotNullWhen(true)] out AlgebraOptions? options)
    {
        options = null;
        if (!ArgumentParsing.TryInteger(c, args[position], out long keyCount))
        {
            return false;
        }

        if (keyCount < 1)
        {
            string name = System.Text.Encoding.ASCII.GetString(args[0]).ToLowerInvariant();
            c.Fail($"ERR at least 1 input key is needed for '{name}' command");
            return false;
        }

        if (keyCount > args.Count - position - 1)
        {
            c.Fail(Errors.Syntax);
            return false;
        }

        if (!TryFindAll(c, args.Slice(position + 1), (int)keyCount, out AlgebraSource[] sources))
        {
            return false;
        }

        var read = new AlgebraOptions(sources);
        if (!read.TryReadOptions(c, args.Slice(position + 1 + (int)keyCount), operation, stores: position == 2))
        {
            return false;
        }

        options = read;
        return true;
    }

    private static bool TryFindAll(ReadContext c, RequestArgs keys, int count, out AlgebraSource[] sources)
    {
        sources = new AlgebraSource[count];
        for (int i = 0; i < count; i++)
        {
            if (c.Find(new KeyRef(keys[i]), out Entry entry) && c.Type(entry) is not (ValueType.Set or ValueType.SortedSet))
            {
                c.Fail(Errors.WrongType);
                return false;
            }
        }

        // Keys that were found expired are deleted by now: from here on entries stay where they are.
        for (int i = 0; i < count; i++)
        {
            sources[i] = c.FindUntouched(new KeyRef(keys[i]), out Entry entry)
                ? new AlgebraSource(entry, c.Collection(entry).Count, c.Type(entry) == ValueType.SortedSet, 1)
                : new AlgebraSource(default, 0, false, 1);
        }

        return true;
    }

    private bool TryReadOptions(ReadContext c, RequestArgs args, SetOperation operation, bool stores)
    {
        bool hasScores = operation is SetOperation.Union or SetOperation.Intersection;
        int i = 0;
        while (i < args.Count)
        {
            int rest = args.Count - i;
            ReadOnlySpan<byte> word = args[i];
            if (hasScores && rest > Sources.Length && word.Is("weights"u8))
            {
                if (!TryReadWeights(c, args.Slice(i + 1)))
                {
                    return false;
                }

                i += 1 + Sources.Length;
            }
            else if (hasScores && rest > 1 && word.Is("aggregate"u8) && TryReadAggregate(args[i + 1]))
            {
                i += 2;
            }
            else if (!stores && operation != SetOperation.Cardinality && word.Is("withscores"u8))
            {
                WithScores = true;
                i++;
            }
            else if (operation == SetOperation.Cardinality && rest > 1 && word.Is("limit"u8))
            {
                if (!RespNumber.TryParseInt64(args[i + 1], out long limit) || limit < 0)
                {
                    c.Fail("ERR LIMIT can't be negative");
                    return false;
                }

                Limit = limit;
                i += 2;
            }
            else
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        return true;
    }

    private bool TryReadWeights(ReadContext c, RequestArgs args)
    {
        for (int i = 0; i < Sources.Length; i++)
        {
            if (!RespNumber.TryParseDouble(args[i], out double weight))
            {
                c.Fail("ERR weight value is not a float");
                return false;
            }

            Sources[i] = Sources[i] with { Weight = weight };
        }

        return true;
    }

    private bool TryReadAggregate(ReadOnlySpan<byte> word)
    {
        bool known = true;
        if (word.Is("sum"u8))
        {
            Aggregate = Aggregate.Sum;
        }
        else if (word.Is("min"u8))
        {
            Aggregate = Aggregate.Min;
        }
        else if (word.Is("max"u8))
        {
            Aggregate = Aggregate.Max;
        }
        else
        {
            known = false;
        }

        return known;
    }
}
