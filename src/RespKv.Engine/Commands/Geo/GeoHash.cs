namespace RespKv.Engine.Commands.Geo;

/// <summary>A part of the earth's surface.</summary>
internal readonly record struct GeoArea(double LongitudeMin, double LongitudeMax, double LatitudeMin, double LatitudeMax)
{
    /// <summary>What can be encoded: the square of the Web Mercator projection (EPSG:3857), which ends before the poles.</summary>
    public static readonly GeoArea All = new(-180, 180, -85.05112878, 85.05112878);

    /// <summary>The ranges of the geohash texts that others write (geohash.org).</summary>
    public static readonly GeoArea Standard = new(-180, 180, -90, 90);

    public bool Contains(GeoPoint point)
        => point.Longitude >= LongitudeMin && point.Longitude <= LongitudeMax && point.Latitude >= LatitudeMin && point.Latitude <= LatitudeMax;
}

internal readonly record struct GeoPoint(double Longitude, double Latitude);

/// <summary>
/// A cell of the earth's surface: it is halved so many times in both directions, and longitude and latitude have one bit of each half,
/// in turns. Cells that begin with the same bits lie in the same larger one, which is what a search for scores makes use of.
/// </summary>
/// <param name="Bits">Two for each step, longitude first.</param>
/// <param name="Steps">1 to <see cref="StepsMax"/>.</param>
internal readonly record struct GeoHash(ulong Bits, int Steps)
{
    /// <summary>52 bits, as many as a score holds exactly: cells of about half a metre.</summary>
    public const int StepsMax = 26;

    private const ulong EvenBits = 0x5555555555555555;
    private const ulong OddBits = 0xAAAAAAAAAAAAAAAA;

    /// <summary>Not a cell: nothing is searched there.</summary>
    public bool IsNone => Steps == 0;

    /// <summary>The lowest score of a point in the cell.</summary>
    public ulong ScoreMin => Bits << ((StepsMax - Steps) * 2);

    /// <summary>The score behind the highest one of a point in the cell.</summary>
    public ulong ScoreEnd => (Bits + 1) << ((StepsMax - Steps) * 2);

    /// <summary>The point must be in the area, and in <see cref="GeoArea.All"/>.</summary>
    public static GeoHash Encode(in GeoArea area, GeoPoint point, int steps)
    {
        double latitude = (point.Latitude - area.LatitudeMin) / (area.LatitudeMax - area.LatitudeMin);
        double longitude = (point.Longitude - area.LongitudeMin) / (area.LongitudeMax - area.LongitudeMin);
        return new GeoHash(Spread(Fixed(latitude, steps)) | (Spread(Fixed(longitude, steps)) << 1), steps);
    }

    /// <summary>The cell of the smallest kind that a score stands for. Scores that are none become some place too, the same one as in Redis.</summary>
    public static GeoHash FromScore(double score) => new(ToBits(score), StepsMax);

    /// <summary>The cell's borders.</summary>
    public GeoArea Decode(in GeoArea area)
    {
        double scale = 1UL << Steps;
        uint latitude = Gather(Bits);
        uint longitude = Gather(Bits >> 1);
        double latitudeScale = area.LatitudeMax - area.LatitudeMin;
        double longitudeScale = area.LongitudeMax - area.LongitudeMin;
        return new GeoArea(
            area.LongitudeMin + (longitude * 1.0 / scale * longitudeScale),
            area.LongitudeMin + (unchecked(longitude + 1) * 1.0 / scale * longitudeScale),
            area.LatitudeMin + (latitude * 1.0 / scale * latitudeScale),
            area.LatitudeMin + (unchecked(latitude + 1) * 1.0 / scale * latitudeScale));
    }

    /// <summary>The middle of the cell.</summary>
    public GeoPoint Center()
    {
        GeoArea cell = Decode(GeoArea.All);
        return new GeoPoint(
            Math.Clamp((cell.LongitudeMin + cell.LongitudeMax) / 2, GeoArea.All.LongitudeMin, GeoArea.All.LongitudeMax),
            Math.Clamp((cell.LatitudeMin + cell.LatitudeMax) / 2, GeoArea.All.LatitudeMin, GeoArea.All.LatitudeMax));
    }

    /// <summary>The cell so far to the east and north: -1, 0 or 1 each. Beyond an edge it is at the opposite one.</summary>
    public GeoHash Neighbor(int east, int north) => new(Move(Bits, OddBits, EvenBits, east) | Move(Bits, EvenBits, OddBits, north), Steps);

    /// <summary>The bits of one direction, one cell on: the bits between them are filled so that a carry goes through.</summary>
    private ulong Move(ulong bits, ulong own, ulong others, int distance)
    {
        int unused = 64 - (Steps * 2);
        ulong value = bits & own;
        ulong filler = others >> unused;
        return distance switch
        {
            > 0 => (value + filler + 1) & (own >> unused),
            < 0 => ((value | filler) - (filler + 1)) & (own >> unused),
            _ => value,
        };
    }

    /// <summary>As C's conversion on x86-64, where .NET's goes to the nearest number that there is.</summary>
    private static ulong ToBits(double score)
    {
        const double half = 9223372036854775808.0;
        const ulong top = 1UL << 63;
        return score < half ? ToSigned(score) : ToSigned(score - half) ^ top;

        static ulong ToSigned(double value) => value is >= -half and < half ? unchecked((ulong)(long)value) : top;
    }

    private static uint Fixed(double share, int steps) => (uint)(share * (1UL << steps));

    /// <summary>Bit i goes to bit 2i.</summary>
    private static ulong Spread(uint value)
    {
        ulong x = value;
        x = (x | (x << 16)) & 0x0000FFFF0000FFFF;
        x = (x | (x << 8)) & 0x00FF00FF00FF00FF;
        x = (x | (x << 4)) & 0x0F0F0F0F0F0F0F0F;
        x = (x | (x << 2)) & 0x3333333333333333;
        return (x | (x << 1)) & EvenBits;
    }

    /// <summary>Bit 2i goes to bit i.</summary>
    private static uint Gather(ulong value)
    {
        ulong x = value & EvenBits;
        x = (x | (x >> 1)) & 0x3333333333333333;
        x = (x | (x >> 2)) & 0x0F0F0F0F0F0F0F0F;
        x = (x | (x >> 4)) & 0x00FF00FF00FF00FF;
        x = (x | (x >> 8)) & 0x0000FFFF0000FFFF;
        return (uint)(x | (x >> 16));
    }
}
