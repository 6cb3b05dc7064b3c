using System.Globalization;
using RespKv.Engine.Execution;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Geo;

/// <summary>Coordinates, distances and units as the geo commands take and show them, with Redis's error replies.</summary>
internal static class GeoArguments
{
    /// <summary>Digits behind the point of a distance.</summary>
    private const int DistanceDigits = 4;

    private const double DistanceScale = 10000;

    /// <summary>Reads a longitude and the latitude behind it. False: the error has been replied.</summary>
    public static bool TryPoint(ReadContext c, RequestArgs args, int position, out GeoPoint point)
    {
        point = default;
        if (!RespNumber.TryParseDouble(args[position], out double longitude) || !RespNumber.TryParseDouble(args[position + 1], out double latitude))
        {
            c.Fail(Errors.NotFloat);
            return false;
        }

        point = new GeoPoint(longitude, latitude);
        if (GeoArea.All.Contains(point))
        {
            return true;
        }

        c.Fail($"ERR invalid longitude,latitude pair {Text(longitude)},{Text(latitude)}");
        return false;
    }

    /// <summary>Reads a radius and the unit behind it. False: the error has been replied.</summary>
    public static bool TryRadius(ReadContext c, RequestArgs args, int position, ref GeoShape shape)
    {
        if (!TryLength(c, args[position], "ERR need numeric radius", out double radius))
        {
            return false;
        }

        if (radius < 0)
        {
            c.Fail("ERR radius cannot be negative");
            return false;
        }

        shape.IsBox = false;
        shape.Radius = radius;
        return TrySetUnit(c, args[position + 1], ref shape);
    }

    /// <summary>Reads a width, and height and unit behind it. False: the error has been replied.</summary>
    public static bool TryBox(ReadContext c, RequestArgs args, int position, ref GeoShape shape)
    {
        if (!TryLength(c, args[position], "ERR need numeric width", out double width)
            || !TryLength(c, args[position + 1], "ERR need numeric height", out double height))
        {
            return false;
        }

        if (width < 0 || height < 0)
        {
            c.Fail("ERR height or width cannot be negative");
            return false;
        }

        shape.IsBox = true;
        shape.Width = width;
        shape.Height = height;
        return TrySetUnit(c, args[position + 2], ref shape);
    }

    /// <summary>Reads a unit of length. False: the error has been replied.</summary>
    public static bool TryUnit(ReadContext c, ReadOnlySpan<byte> name, out double meters)
    {
        meters = name.Is("m"u8) ? 1
            : name.Is("km"u8) ? 1000
            : name.Is("ft"u8) ? 0.3048
            : name.Is("mi"u8) ? 1609.34
            : 0;
        if (meters > 0)
        {
            return true;
        }

        c.Fail("ERR unsupported unit provided. please use M, KM, FT, MI");
        return false;
    }

    /// <summary>A distance with four digits behind the point: a bulk string in RESP3 too.</summary>
    public static void ReplyDistance(ReadContext c, double distance)
    {
        Span<byte> text = stackalloc byte[RespNumber.DoubleBytesMax];
        double rounded = Math.Round(distance * DistanceScale, MidpointRounding.ToEven);

        // What a 64-bit number of the last digit cannot hold is its lowest one in Redis.
        long scaled = rounded is >= long.MinValue and < 9223372036854775808.0 ? (long)rounded : long.MinValue;
        (Int128 whole, Int128 rest) = Int128.DivRem(Int128.Abs(scaled), (Int128)DistanceScale);
        int length = 0;
        if (scaled < 0)
        {
            text[length++] = (byte)'-';
        }

        length += RespNumber.FormatInt64((long)whole, text[length..]);
        text[length++] = (byte)'.';
        for (int i = DistanceDigits - 1; i >= 0; i--)
        {
            text[length + i] = (byte)('0' + (int)(rest % 10));
            rest /= 10;
        }

        c.Reply.Bulk(text[..(length + DistanceDigits)]);
    }

    public static void ReplyPoint(ReadContext c, GeoPoint point)
    {
        c.Reply.ArrayHeader(2);
        c.Reply.HumanDouble(point.Longitude);
        c.Reply.HumanDouble(point.Latitude);
    }

    /// <summary>C's %f.</summary>
    private static string Text(double value) => double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf") : value.ToString("F6", CultureInfo.InvariantCulture);

    private static bool TryLength(ReadContext c, ReadOnlySpan<byte> text, string error, out double length)
    {
        if (RespNumber.TryParseDouble(text, out length))
        {
            return true;
        }

        c.Fail(error);
        return false;
    }

    private static bool TrySetUnit(ReadContext c, ReadOnlySpan<byte> name, ref GeoShape shape)
    {
        if (!TryUnit(c, name, out double meters))
        {
            return false;
        }

        shape.MetersPerUnit = meters;
        return true;
    }
}
