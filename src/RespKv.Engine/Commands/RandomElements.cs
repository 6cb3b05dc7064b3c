using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Commands;

/// <summary>Random elements of a collection, for HRANDFIELD, SRANDMEMBER, SPOP and ZRANDMEMBER.</summary>
internal static class RandomElements
{
    /// <summary>
    /// Elements that one command may ask for with repetitions: the reply of such a command has no other bound, and all of it is made in one turn.
    /// </summary>
    public const int RepeatedMax = 1 << 24;

    /// <summary>As many as a packed collection can have: with so few it costs nothing to look at all of them.</summary>
    private const int FewElements = PackedElements.CountMax;

    /// <summary>Above this share of the elements (1 / 3, as in Redis) they are drawn from a list of all of them.</summary>
    private const int DrawShare = 3;

    /// <summary>Reads a count. Negative: with repetitions. False: the error has been replied.</summary>
    public static bool TryCount(CommandContext c, ReadOnlySpan<byte> argument, out long count)
    {
        if (!ArgumentParsing.TryInteger(c, argument, out count))
        {
            return false;
        }

        if (count != long.MinValue)
        {
            return true;
        }

        c.Fail($"ERR value is out of range, value must between {-long.MaxValue} and {long.MaxValue}");
        return false;
    }

    /// <summary>Whether so many may be asked for with repetitions. False: the error has been replied.</summary>
    public static bool MayRepeat(CommandContext c, long count)
    {
        if (count >= -RepeatedMax)
        {
            return true;
        }

        c.Fail($"ERR value is out of range, a reply may repeat {RepeatedMax} elements");
        return false;
    }

    /// <summary>Adds the places of <paramref name="count"/> different elements, fewer than there are; every choice is equally likely.</summary>
    public static void Choose(in ElementsView elements, long count, Random random, ElementList chosen)
    {
        if (elements.Count > FewElements && count * DrawShare <= elements.Count)
        {
            ChooseByTrial(elements, count, random, chosen);
            return;
        }

        using var all = new ElementList(FewElements);
        elements.Scan(0, int.MaxValue, all);
        Span<ulong> places = all.Visitor.Places.AsSpan(0, all.Count);
        for (int i = 0; i < count; i++)
        {
            int drawn = random.Next(i, places.Length);
            chosen.Visitor.Add(places[drawn]);
            places[drawn] = places[i];
        }
    }

    /// <summary>Adds the places of so many elements, which may be the same.</summary>
    public static void ChooseRepeated(in ElementsView elements, int count, Random random, ElementList chosen)
    {
        if (elements.Count > FewElements)
        {
            for (int i = 0; i < count; i++)
            {
                chosen.Visitor.Add(elements.Random(random));
            }

            return;
        }

        using var all = new ElementList(FewElements);
        elements.Scan(0, int.MaxValue, all);
        for (int i = 0; i < count; i++)
        {
            chosen.Visitor.Add(all[random.Next(all.Count)]);
        }
    }

    private static void ChooseByTrial(in ElementsView elements, long count, Random random, ElementList chosen)
    {
        var seen = new HashSet<ulong>();
        while (seen.Count < count)
        {
            ulong place = elements.Random(random);
            if (seen.Add(place))
            {
                chosen.Visitor.Add(place);
            }
        }
    }
}
