using RespKv.Engine.Commands.SortedSets;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Geo;

/// <summary>Places as members of a sorted set: a score is the bits of a <see cref="GeoHash"/>.</summary>
internal static class GeoMemberCommands
{
    /// <summary>Characters of a geohash text, of which the last one has no bits any more.</summary>
    private const int TextLength = 11;

    private const int BitsPerCharacter = 5;

    private static ReadOnlySpan<byte> Alphabet => "0123456789bcdefghjkmnpqrstuvwxyz"u8;

    [Command("geoadd", -5, CommandFlags.Write | CommandFlags.DenyOom, Keys = "1,1,1 RW update", Group = "geo", Since = "3.2.0",
        Complexity = "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
        Summary = "Add one or more geospatial items in the geospatial index represented using a sorted set",
        Syntax = "key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]")]
    internal static void GeoAdd(WriteContext c, RequestArgs args)
    {
        int first = 2;
        var options = default(AddOptions);
        while (first < args.Count && options.TakeOfPlaces(args[first]))
        {
            first++;
        }

        if (first == args.Count || (args.Count - first) % 3 != 0 || options is { OnlyNew: true, OnlyExisting: true })
        {
            c.Fail(Errors.Syntax);
            return;
        }

        for (int i = first; i < args.Count; i += 3)
        {
            if (!GeoArguments.TryPoint(c, args, i, out _))
            {
                return;
            }
        }

        SortedSetAddCommands.Run(c, new KeyRef(args[1]), new ScoredMembers(args.Slice(first), arePlaces: true), options);
    }

    [Command("geopos", -2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "geo", Since = "3.2.0",
        Complexity = "O(N) where N is the number of members requested.", Summary = "Returns longitude and latitude of members of a geospatial index",
        Syntax = "key member [member ...]")]
    internal static void GeoPos(ReadContext c, RequestArgs args)
    {
        if (!c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            return;
        }

        c.Reply.ArrayHeader(args.Count - 2);
        for (int i = 2; i < args.Count; i++)
        {
            if (TryPlace(view, args[i], out GeoPoint point))
            {
                GeoArguments.ReplyPoint(c, point);
            }
            else
            {
                c.Reply.NullArray();
            }
        }
    }

    [Command("geohash", -2, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "geo", Since = "3.2.0",
        Complexity = "O(log(N)) for each member requested, where N is the number of elements in the sorted set.",
        Summary = "Returns members of a geospatial index as standard geohash strings", Syntax = "key member [member ...]")]
    internal static void GeoHashes(ReadContext c, RequestArgs args)
    {
        if (!c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            return;
        }

        Span<byte> text = stackalloc byte[TextLength];
        c.Reply.ArrayHeader(args.Count - 2);
        for (int i = 2; i < args.Count; i++)
        {
            if (TryPlace(view, args[i], out GeoPoint point))
            {
                Format(point, text);
                c.Reply.Bulk(text);
            }
            else
            {
                c.Reply.Null();
            }
        }
    }

    [Command("geodist", -4, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "geo", Since = "3.2.0", Complexity = "O(log(N))",
        Summary = "Returns the distance between two members of a geospatial index", Syntax = "key member1 member2 [m | km | ft | mi]")]
    internal static void GeoDist(ReadContext c, RequestArgs args)
    {
        if (args.Count > 5)
        {
            c.Fail(Errors.Syntax);
            return;
        }

        double meters = 1;
        if ((args.Count == 5 && !GeoArguments.TryUnit(c, args[4], out meters)) || !c.FindSortedSet(new KeyRef(args[1]), out SortedSetView view))
        {
            return;
        }

        if (TryPlace(view, args[2], out GeoPoint from) && TryPlace(view, args[3], out GeoPoint to))
        {
            GeoArguments.ReplyDistance(c, GeoDistance.Between(from, to) / meters);
        }
        else
        {
            c.Reply.Null();
        }
    }

    /// <summary>Where a member is; false when it is not there.</summary>
    internal static bool TryPlace(in SortedSetView view, ReadOnlySpan<byte> member, out GeoPoint point)
    {
        bool found = view.TryGetScore(member, out double score);
        point = found ? GeoHash.FromScore(score).Center() : default;
        return found;
    }

    /// <summary>The text that others know, whose latitudes go to the poles.</summary>
    private static void Format(GeoPoint point, Span<byte> text)
    {
        ulong bits = GeoHash.Encode(GeoArea.Standard, point, GeoHash.StepsMax).Bits;
        for (int i = 0; i < TextLength; i++)
        {
            int shift = (GeoHash.StepsMax * 2) - ((i + 1) * BitsPerCharacter);
            text[i] = Alphabet[shift < 0 ? 0 : (int)(bits >> shift) & 0x1F];
        }
    }
}
