using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.SortedSets;

/// <summary>What a range is a range of.</summary>
internal enum RangeKind : byte
{
    Index,
    Score,
    Lex,
}

/// <summary>What ZRANGE and its relatives are told behind the range. What a command's name says already cannot be said again.</summary>
internal struct RangeOptions()
{
    /// <summary>Null: the options may say it.</summary>
    public RangeKind? Kind { get; set; }

    /// <summary>Null: the options may say it.</summary>
    public bool? Reverse { get; set; }

    /// <summary>The range is stored, so there are no scores to ask for.</summary>
    public bool Stores { get; init; }

    public bool WithScores { get; private set; }

    public long Offset { get; private set; }

    /// <summary>Negative: none.</summary>
    public long Limit { get; private set; } = -1;

    /// <summary>Reads the options behind the source's key and range. False: the error has been replied.</summary>
    public bool TryParse(ReadContext c, RequestArgs args, int source)
    {
        for (int i = source + 3; i < args.Count; i++)
        {
            ReadOnlySpan<byte> word = args[i];
            if (word.Is("limit"u8) && args.Count - i > 2)
            {
                if (!ArgumentParsing.TryInteger(c, args[i + 1], out long offset) || !ArgumentParsing.TryInteger(c, args[i + 2], out long limit))
                {
                    return false;
                }

                Offset = offset;
                Limit = limit;
                i += 2;
            }
            else if (!Take(word))
            {
                c.Fail(Errors.Syntax);
                return false;
            }
        }

        Kind ??= RangeKind.Index;
        Reverse ??= false;
        return AreCompatible(c);
    }

    private bool Take(ReadOnlySpan<byte> word)
    {
        if (!Stores && word.Is("withscores"u8))
        {
            WithScores = true;
        }
        else if (Reverse is null && word.Is("rev"u8))
        {
            Reverse = true;
        }
        else if (Kind is null && word.Is("bylex"u8))
        {
            Kind = RangeKind.Lex;
        }
        else if (Kind is null && word.Is("byscore"u8))
        {
            Kind = RangeKind.Score;
        }
        else
        {
            return false;
        }

        return true;
    }

    private readonly bool AreCompatible(ReadContext c)
    {
        if (Limit != -1 && Kind == RangeKind.Index)
        {
            c.Fail("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
            return false;
        }

        if (WithScores && Kind == RangeKind.Lex)
        {
            c.Fail("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
            return false;
        }

        return true;
    }
}
