using RespKv.Engine.Commands.SortedSets;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Geo;

/// <summary>Members within a circle or a rectangle, told or stored. What the command's name says decides which arguments there are.</summary>
internal static class GeoSearchCommands
{
    [Command("geosearch", -7, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "geo", Since = "6.2.0",
        Complexity = "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
        Summary = "Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle.",
        Syntax = "key <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <m | km | ft | mi> | BYBOX width height <m | km | ft | mi>> [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]")]
    internal static void GeoSearch(ReadContext c, RequestArgs args) => Tell(c, args, new GeoSearchOptions { Form = GeoSearchForm.Search });

    [Command("georadius_ro", -6, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "geo", Since = "3.2.10",
        Complexity = "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        Summary = "A read-only variant for GEORADIUS",
        Syntax = "key longitude latitude radius <m | km | ft | mi> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]")]
    internal static void GeoRadiusRo(ReadContext c, RequestArgs args) => Tell(c, args, new GeoSearchOptions { Form = GeoSearchForm.AroundPoint });

    [Command("georadiusbymember_ro", -5, CommandFlags.ReadOnly, Keys = "1,1,1 RO access", Group = "geo", Since = "3.2.10",
        Complexity = "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        Summary = "A read-only variant for GEORADIUSBYMEMBER",
        Syntax = "key member radius <m | km | ft | mi> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]")]
    internal static void GeoRadiusByMemberRo(ReadContext c, RequestArgs args) => Tell(c, args, new GeoSearchOptions { Form = GeoSearchForm.AroundMember });

    [Command("georadius", -6, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues,
        Keys = "1,1,1 RO access; keyword:STORE,6 OW update; keyword:STOREDIST,6 OW update", Group = "geo", Since = "3.2.0",
        Complexity = "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        Summary = "Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a point",
        Syntax = "key longitude latitude radius <m | km | ft | mi> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]")]
    internal static void GeoRadius(WriteContext c, RequestArgs args)
        => TellOrStore(c, args, new GeoSearchOptions { Form = GeoSearchForm.AroundPoint, MayStore = true });

    [Command("georadiusbymember", -5, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues,
        Keys = "1,1,1 RO access; keyword:STORE,5 OW update; keyword:STOREDIST,5 OW update", Group = "geo", Since = "3.2.0",
        Complexity = "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        Summary = "Query a sorted set representing a geospatial index to fetch members matching a given maximum distance from a member",
        Syntax = "key member radius <m | km | ft | mi> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key] [STOREDIST key]")]
    internal static void GeoRadiusByMember(WriteContext c, RequestArgs args)
        => TellOrStore(c, args, new GeoSearchOptions { Form = GeoSearchForm.AroundMember, MayStore = true });

    [Command("geosearchstore", -8, CommandFlags.Write | CommandFlags.DenyOom | CommandFlags.StoresValues, Keys = "1,1,1 OW update; 2,2,1 RO access",
        Group = "geo", Since = "6.2.0",
        Complexity = "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
        Summary = "Query a sorted set representing a geospatial index to fetch members inside an area of a box or a circle, and store the result in another key.",
        Syntax = "destination source <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <m | km | ft | mi> | BYBOX width height <m | km | ft | mi>> [ASC | DESC] [COUNT count [ANY]] [STOREDIST]")]
    internal static void GeoSearchStore(WriteContext c, RequestArgs args)
        => TellOrStore(c, args, new GeoSearchOptions { Form = GeoSearchForm.Search, MayStore = true });

    private static void TellOrStore(WriteContext c, RequestArgs args, GeoSearchOptions options)
    {
        if (!TrySearch(c, args, options, out GeoMatches matches))
        {
            return;
        }

        if (options.Store == 0)
        {
            Reply(c, matches, options);
            return;
        }

        bool isCompact = SortedSetElements.AreFew(c, matches.Count);
        for (int i = 0; i < matches.Count; i++)
        {
            GeoMatch match = matches[i];
            double score = options.StoresDistance ? match.Meters / options.Shape.MetersPerUnit : match.Score;
            SortedSetElements.Add(c, matches.Member(match), score, isCompact);
        }

        SortedSetElements.Store(c, new KeyRef(args[options.Store]), options.Form == GeoSearchForm.Search ? "geosearchstore"u8 : "georadiusstore"u8);
    }

    private static void Tell(ReadContext c, RequestArgs args, GeoSearchOptions options)
    {
        if (TrySearch(c, args, options, out GeoMatches matches))
        {
            Reply(c, matches, options);
        }
    }

    /// <summary>Reads the arguments and searches. False: the error has been replied.</summary>
    private static bool TrySearch(ReadContext c, RequestArgs args, GeoSearchOptions options, out GeoMatches matches)
    {
        matches = new GeoMatches();
        int source = options is { Form: GeoSearchForm.Search, MayStore: true } ? 2 : 1;
        if (!c.FindSortedSet(new KeyRef(args[source]), out SortedSetView view) || !options.TryParse(c, args, view))
        {
            return false;
        }

        if (view.Exists)
        {
            matches.Search(view, options.Shape, options.TakesAny ? options.Count : 0);
            matches.SortAndCut(options.Order, options.Count);
        }

        return true;
    }

    private static void Reply(ReadContext c, GeoMatches matches, GeoSearchOptions options)
    {
        int extras = (options.WithDistance ? 1 : 0) + (options.WithPoint ? 1 : 0) + (options.WithHash ? 1 : 0);
        c.Reply.ArrayHeader(matches.Count);
        for (int i = 0; i < matches.Count; i++)
        {
            GeoMatch match = matches[i];
            if (extras > 0)
            {
                c.Reply.ArrayHeader(extras + 1);
            }

            c.Reply.Bulk(matches.Member(match));
            if (options.WithDistance)
            {
                GeoArguments.ReplyDistance(c, match.Meters / options.Shape.MetersPerUnit);
            }

            if (options.WithHash)
            {
                c.Reply.Integer((long)match.Score);
            }

            if (options.WithPoint)
            {
                GeoArguments.ReplyPoint(c, match.Point);
            }
        }
    }
}
