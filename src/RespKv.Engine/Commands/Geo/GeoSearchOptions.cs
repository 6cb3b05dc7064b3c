using System.Text;
using RespKv.Engine.Execution;
using RespKv.Engine.Keyspace.Collections;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Geo;

/// <summary>Which arguments a command has in front of its options.</summary>
internal enum GeoSearchForm : byte
{
    /// <summary>GEORADIUS: longitude, latitude, radius, unit.</summary>
    AroundPoint,

    /// <summary>GEORADIUSBYMEMBER: member, radius, unit.</summary>
    AroundMember,

    /// <summary>GEOSEARCH: none.</summary>
    Search,
}

/// <summary>What a search is told. Used for one command.</summary>
internal sealed class GeoSearchOptions
{
    private GeoShape _shape;
    private bool _hasMember;
    private bool _hasPoint;
    private bool _hasRadius;
    private bool _hasBox;

    public GeoSearchForm Form { get; init; }

    /// <summary>A command that writes. GEOSEARCHSTORE always stores.</summary>
    public bool MayStore { get; init; }

    public ref readonly GeoShape Shape => ref _shape;

    public bool WithDistance { get; private set; }

    public bool WithHash { get; private set; }

    public bool WithPoint { get; private set; }

    public GeoOrder Order { get; private set; }

    /// <summary>No more matches than that; 0: all.</summary>
    public long Count { get; private set; }

    /// <summary>The first ones that are found will do.</summary>
    public bool TakesAny { get; private set; }

    /// <summary>Where the key stands under which the matches are stored; 0: they are told.</summary>
    public int Store { get; private set; }

    /// <summary>What is stored has distances for scores.</summary>
    public bool StoresDistance { get; private set; }

    private bool IsSearch => Form == GeoSearchForm.Search;

    /// <summary>Reads all arguments, in the order in which Redis finds errors in them. False: the error has been replied.</summary>
    public bool TryParse(ReadContext c, RequestArgs args, in SortedSetView view)
    {
        Store = IsSearch && MayStore ? 1 : 0;
        if (!TryParseShape(c, args, view, out int position))
        {
            return false;
        }

        while (position < args.Count)
        {
            int taken = TakeFlag(args[position]) ? 1 : TakeValue(c, args, position, view);
            if (taken == 0)
            {
                c.Fail(Errors.Syntax);
            }

            if (c.Failed)
            {
                return false;
            }

            position += taken;
        }

        return AreCompatible(c, args[0]);
    }

    /// <summary>What stands in front of the options. GEORADIUSBYMEMBER does not look at it when the key is missing.</summary>
    private bool TryParseShape(ReadContext c, RequestArgs args, in SortedSetView view, out int end)
    {
        switch (Form)
        {
            case GeoSearchForm.AroundPoint:
                end = 6;
                return TryTakePoint(c, args, 2) && GeoArguments.TryRadius(c, args, 4, ref _shape);
            case GeoSearchForm.AroundMember:
                end = 5;
                return !view.Exists || (TryTakeMember(c, args[2], view) && GeoArguments.TryRadius(c, args, 3, ref _shape));
            default:
                end = MayStore ? 3 : 2;
                return true;
        }
    }

    private bool TakeFlag(ReadOnlySpan<byte> word)
    {
        if (word.Is("withdist"u8))
        {
            WithDistance = true;
        }
        else if (word.Is("withhash"u8))
        {
            WithHash = true;
        }
        else if (word.Is("withcoord"u8))
        {
            WithPoint = true;
        }
        else if (word.Is("any"u8))
        {
            TakesAny = true;
        }
        else if (word.Is("asc"u8))
        {
            Order = GeoOrder.Nearest;
        }
        else if (word.Is("desc"u8))
        {
            Order = GeoOrder.Farthest;
        }
        else if (IsSearch && MayStore && word.Is("storedist"u8))
        {
            StoresDistance = true;
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>An option with values: returns how many arguments it takes, 0 when it is none. The context may have failed.</summary>
    private int TakeValue(ReadContext c, RequestArgs args, int position, in SortedSetView view)
    {
        ReadOnlySpan<byte> word = args[position];
        int values = args.Count - position - 1;
        if (values >= 1 && word.Is("count"u8))
        {
            TakeCount(c, args[position + 1]);
            return 2;
        }

        if (values >= 1 && !IsSearch && MayStore && (word.Is("store"u8) || word.Is("storedist"u8)))
        {
            Store = position + 1;
            StoresDistance = word.Is("storedist"u8);
            return 2;
        }

        return IsSearch ? TakeShape(c, args, position, values, view) : 0;
    }

    private int TakeShape(ReadContext c, RequestArgs args, int position, int values, in SortedSetView view)
    {
        ReadOnlySpan<byte> word = args[position];
        if (values >= 1 && !_hasPoint && word.Is("frommember"u8))
        {
            _hasMember = !view.Exists || TryTakeMember(c, args[position + 1], view);
            return 2;
        }

        if (values >= 2 && !_hasMember && word.Is("fromlonlat"u8))
        {
            _hasPoint = TryTakePoint(c, args, position + 1);
            return 3;
        }

        if (values >= 2 && !_hasBox && word.Is("byradius"u8))
        {
            _hasRadius = GeoArguments.TryRadius(c, args, position + 1, ref _shape);
            return 3;
        }

        if (values >= 3 && !_hasRadius && word.Is("bybox"u8))
        {
            _hasBox = GeoArguments.TryBox(c, args, position + 1, ref _shape);
            return 4;
        }

        return 0;
    }

    private bool AreCompatible(ReadContext c, ReadOnlySpan<byte> name)
    {
        string error = "";
        if (Store > 0 && (WithDistance || WithHash || WithPoint))
        {
            error = $"ERR {(IsSearch ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS")} is not compatible with WITHDIST, WITHHASH and WITHCOORD options";
        }
        else if (IsSearch && !_hasMember && !_hasPoint)
        {
            error = $"ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for {Encoding.ASCII.GetString(name)}";
        }
        else if (IsSearch && !_hasRadius && !_hasBox)
        {
            error = $"ERR exactly one of BYRADIUS and BYBOX can be specified for {Encoding.ASCII.GetString(name)}";
        }
        else if (TakesAny && Count == 0)
        {
            error = "ERR the ANY argument requires COUNT argument";
        }

        if (error.Length > 0)
        {
            c.Fail(error);
            return false;
        }

        // Of a number of matches the nearest ones are meant, unless any will do.
        Order = Count > 0 && Order == GeoOrder.None && !TakesAny ? GeoOrder.Nearest : Order;
        return true;
    }

    private void TakeCount(ReadContext c, ReadOnlySpan<byte> text)
    {
        if (ArgumentParsing.TryInteger(c, text, out long count) && count <= 0)
        {
            c.Fail("ERR COUNT must be > 0");
        }

        Count = count;
    }

    private bool TryTakePoint(ReadContext c, RequestArgs args, int position)
    {
        bool valid = GeoArguments.TryPoint(c, args, position, out GeoPoint point);
        _shape.Center = point;
        return valid;
    }

    private bool TryTakeMember(ReadContext c, ReadOnlySpan<byte> member, in SortedSetView view)
    {
        if (!GeoMemberCommands.TryPlace(view, member, out GeoPoint point))
        {
            c.Fail("ERR could not decode requested zset member");
            return false;
        }

        _shape.Center = point;
        return true;
    }
}
