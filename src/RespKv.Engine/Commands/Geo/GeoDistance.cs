namespace RespKv.Engine.Commands.Geo;

/// <summary>Distances on a sphere, in metres, by the haversine formula. The operations and their order are those of Redis, so that the last digits are.</summary>
internal static class GeoDistance
{
    /// <summary>Mean radius of the earth (WGS 84) in metres.</summary>
    public const double EarthRadius = 6372797.560856;

    private const double RadiansPerDegree = Math.PI / 180.0;

    public static double ToRadians(double degrees) => degrees * RadiansPerDegree;

    public static double ToDegrees(double radians) => radians / RadiansPerDegree;

    public static double Between(GeoPoint a, GeoPoint b)
    {
        double v = Math.Sin((ToRadians(b.Longitude) - ToRadians(a.Longitude)) / 2);
        if (v == 0)
        {
            return BetweenLatitudes(a.Latitude, b.Latitude);
        }

        double latitudeA = ToRadians(a.Latitude);
        double latitudeB = ToRadians(b.Latitude);
        double u = Math.Sin((latitudeB - latitudeA) / 2);
        double square = (u * u) + (Math.Cos(latitudeA) * Math.Cos(latitudeB) * v * v);
        return 2.0 * EarthRadius * Math.Asin(Math.Sqrt(square));
    }

    public static double BetweenLatitudes(double a, double b) => EarthRadius * Math.Abs(ToRadians(b) - ToRadians(a));
}
